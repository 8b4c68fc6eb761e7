"""Signed by who did it: what waits for a signature, who may sign or stand in for whom, and that nothing goes out before."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from digmed_desktop.clinical import json_record
from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.record import PersonName, Professional, Regulator
from digmed_desktop.credentials import pins
from digmed_desktop.desk.connections.sender import Sender
from digmed_desktop.desk.desk import Desk
from digmed_desktop.desk.gate import NotPermittedError, acting
from digmed_desktop.desk.views.sent import Act, How
from digmed_desktop.messaging.audit import AuditSearch
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.errors import DigMedError, NotAllowedNowError
from digmed_desktop.messaging.people import Access
from digmed_desktop.messaging.searching import Search
from digmed_desktop.messaging.states import Need, State
from digmed_desktop.messaging.wording import Tone, words_of_row
from digmed_desktop.reference import roles
from tests.clinical import supply_examples
from tests.clinical.examples import NOW, complete_answers
from tests.desk.conftest import Counter, no_delivery
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, PHARMACY, MovedClock

ADA_PIN, BEN_PIN = "507182", "614283"
HASHES = {pin: pins.hash_pin(pin) for pin in (ADA_PIN, BEN_PIN)}


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Counter]:
    """Ada (1, pharmacist) and Ben (2, pharmacist) with PINs, and Lena (3), an assistant who types."""
    clock = MovedClock(NOW)
    store = fresh_store(tmp_path / "data" / "digmed.db", KEY, clock)
    store.profile.save_pharmacy(PHARMACY)
    for name, role, pin in (
        ("Ada", "pharmacist", ADA_PIN),
        ("Ben", "pharmacist", BEN_PIN),
        ("Lena", "healthcare-assistant", ""),
    ):
        number = f"20990{len(name):02}"
        who = Professional(
            PersonName(name, "Carter"),
            roles.role(role).coded,
            Regulator.GPHC if pin else Regulator.NONE,
            number if pin else "",
        )
        store.people.add(who, HASHES.get(pin, "slow-hash"), Access(manager=True) if name == "Ada" else None)
    desk = Desk(
        store,
        clock,
        kept_in="a test",
        sender=Sender("FQF01OT001"),
        make_delivery=no_delivery,
        folder=tmp_path,
    )
    with acting(LENA):
        yield Counter(desk, store, clock, LENA)
    store.close()


ADA, BEN, LENA = 1, 2, 3


def scribed(clinic: Counter, **changes: str) -> int:
    """Lena records what Ben gave."""
    return clinic.record(**{"session.vaccinator": str(BEN), **changes})


def noon(clinic: Counter, notification: int) -> datetime:
    return Duty().on_behalf_from(clinic.store.notifications.row(notification).contact_at)


def body(clinic: Counter, notification: int) -> str:
    return next(
        one.body.decode() for one in clinic.store.notifications.story(notification).messages if one.outgoing
    )


def test_a_record_that_names_another_waits_and_is_sent_once_with_their_pin(clinic: Counter) -> None:
    made = scribed(clinic)
    assert clinic.state(made) is State.TO_SIGN
    assert clinic.store.deliveries.waiting(9) == []
    local = clinic.store.notifications.story(made).local_id
    assert clinic.store.deliveries.claim([local]) == set()
    assert "Not signed" not in body(clinic, made)
    for person, pin in ((BEN, ADA_PIN), (BEN, ""), (BEN, "0000")):
        assert clinic.desk.signing.sign(person, pin, [made])  # a sentence says why not
    with pytest.raises(NotAllowedNowError):
        clinic.desk.signing.sign(ADA, ADA_PIN, [made])  # her own PIN signs nothing of his
    assert clinic.state(made) is State.TO_SIGN
    before = body(clinic, made)
    assert clinic.desk.signing.sign(BEN, BEN_PIN, [made]) == ""
    assert clinic.state(made) is State.WAITING
    assert body(clinic, made) == before  # what was read is what goes out
    assert [sending.local_id for sending in clinic.store.deliveries.waiting(9)] == [local]
    with pytest.raises(NotAllowedNowError):
        clinic.desk.signing.sign(BEN, BEN_PIN, [made])
    told = [(one.happening, one.by) for one in clinic.store.notifications.story(made).events]
    assert told == [("to-sign", "Lena Carter"), ("signed", "Ben Carter")]


def test_whoever_acted_and_records_it_signs_by_recording_it(clinic: Counter) -> None:
    clinic.ada = BEN
    with acting(BEN):
        assert clinic.state(clinic.record(**{"session.vaccinator": str(BEN)})) is State.WAITING
        state = FormState(complete_answers(**{"session.vaccinator": str(BEN)}))
        assert clinic.desk.preview("vaccination", state).to_sign == ""
    assert clinic.desk.preview("vaccination", state).to_sign == "Ben Carter"


def test_all_are_signed_at_once_or_none(clinic: Counter) -> None:
    mine = [scribed(clinic, **{"patient.given": name}) for name in ("Rose", "Violet", "Iris")]
    other = clinic.record(**{"session.vaccinator": str(ADA), "patient.given": "Holly"})
    with pytest.raises(NotAllowedNowError):
        clinic.desk.signing.sign(BEN, BEN_PIN, [*mine, other])
    assert {clinic.state(one) for one in (*mine, other)} == {State.TO_SIGN}
    view = clinic.desk.signing.view()
    assert {one.id: len(one.to_sign) for one in view.signers} == {BEN: 3, ADA: 1}
    assert clinic.desk.signing.sign(BEN, BEN_PIN, mine) == ""
    assert {clinic.state(one) for one in mine} == {State.WAITING}
    assert clinic.state(other) is State.TO_SIGN


def test_what_has_no_electronic_way_or_is_not_shared_goes_its_own_way_once_signed(clinic: Counter) -> None:
    kept = scribed(clinic, **{"consent.to_sharing": "no"})
    paper = scribed(clinic, **{"patient.nhs_number": "", "patient.traced": "", "patient.given": "Violet"})
    assert {clinic.state(kept), clinic.state(paper)} == {State.TO_SIGN}
    with pytest.raises(NotAllowedNowError, match="has not signed"):
        clinic.desk.papers.copy(paper, How.POST, "Lena")
    assert "Not signed yet by Ben Carter" in " ".join(
        clinic.desk.papers.copy(paper, How.PATIENT, "Lena").notice
    )
    assert {"paper", "try-again", "send-as-new", "withdraw", "deal-with"}.isdisjoint(clinic.acts(paper))
    assert "reaction" not in clinic.acts(kept)  # nobody is told of it by telephone either
    assert clinic.desk.signing.sign(BEN, BEN_PIN, [kept, paper]) == ""
    assert (clinic.state(kept), clinic.state(paper)) == (State.NOT_SHARED, State.TO_PAPER)
    why = next(e.note for e in clinic.store.notifications.story(paper).events if e.happening == "paper-only")
    assert why
    assert clinic.desk.papers.copy(paper, How.POST, "Lena").blocks


def test_a_refused_record_asks_whoever_typed_it_who_corrects_the_name(clinic: Counter) -> None:
    made = scribed(clinic)
    with pytest.raises(DigMedError):
        clinic.desk.signing.refuse(BEN, BEN_PIN, made, "  ")
    assert clinic.desk.signing.refuse(BEN, ADA_PIN, made, "Ada gave this one.")
    assert clinic.desk.signing.refuse(BEN, BEN_PIN, made, "Ada gave this one.") == ""
    row = clinic.store.notifications.row(made)
    assert (row.state, row.need) == (State.NOT_THEIRS, Need.ANSWERED)
    words = words_of_row(row, Duty(), clinic.clock.now())
    assert words.tone is Tone.STOP
    assert made in [one.id for one in clinic.desk.listing.today().figures.needing]
    assert clinic.desk.signing.notices()[0].startswith("1 refused: correct who vaccinated")
    (signer,) = clinic.desk.signing.view().signers
    assert (signer.to_sign, signer.records[0].unsigned.refused) == ((), "Ada gave this one.")
    clinic.clock.at = noon(clinic, made)
    with pytest.raises(NotAllowedNowError), acting(ADA):
        clinic.desk.signing.stand_in([made], ADA, "Ben is away.")  # he said that it is not his
    begun = clinic.desk.acts.begin_correction(made, "Ada gave it.")  # an assistant may: nothing has gone out
    state = begun.state.answered({"session.vaccinator": str(ADA)})
    sent = clinic.desk.send("vaccination", uuid.uuid4().hex, state, LENA)
    assert sent.notification is not None, sent.problems
    assert clinic.state(made) is State.REPLACED
    assert clinic.state(sent.notification) is State.TO_SIGN
    newer = clinic.store.notifications.row(sent.notification)
    assert newer.duty_from == newer.contact_at  # the practice was told of nothing: the clock goes on
    assert clinic.desk.signing.sign(ADA, ADA_PIN, [sent.notification]) == ""
    assert "relatesTo" not in body(clinic, sent.notification)


def test_a_refusal_can_be_taken_back_by_signing(clinic: Counter) -> None:
    made = scribed(clinic)
    assert clinic.desk.signing.refuse(BEN, BEN_PIN, made, "Not mine.") == ""
    assert clinic.desk.signing.sign(BEN, BEN_PIN, [made]) == ""
    row = clinic.store.notifications.row(made)
    assert (row.state, row.needs_person) == (State.WAITING, False)


def test_a_pharmacist_sends_on_behalf_from_noon_of_the_next_working_day_and_both_are_named(
    clinic: Counter,
) -> None:
    made = scribed(clinic)
    clinic.clock.at = noon(clinic, made) - timedelta(minutes=1)
    with acting(ADA), pytest.raises(NotAllowedNowError, match="cannot be sent"):
        clinic.desk.signing.stand_in([made], ADA, "Ben is ill.")
    clinic.clock.move(minutes=1)
    with pytest.raises(NotPermittedError):
        clinic.desk.signing.stand_in([made], LENA, "Ben is ill.")
    with acting(BEN), pytest.raises(NotAllowedNowError, match="names you"):
        clinic.desk.signing.stand_in([made], BEN, "I am busy.")
    with acting(ADA), pytest.raises(DigMedError):
        clinic.desk.signing.stand_in([made], ADA, "")
    assert clinic.state(made) is State.TO_SIGN
    with acting(ADA):
        (newer,) = clinic.desk.signing.stand_in([made], ADA, "Ben has influenza.")
    assert (clinic.state(made), clinic.state(newer)) == (State.REPLACED, State.WAITING)
    assert [sending.notification for sending in clinic.store.deliveries.waiting(9)] == [newer]
    xml, record = body(clinic, newer), json_record.read(clinic.store.versions.record(newer))
    assert record.on_behalf is not None
    assert record.on_behalf.recorded_by.name.given == "Lena"
    assert re.search(r"Lena Carter \(.*\) on behalf of Ben Carter \(Pharmacist\), who had not signed", xml)
    assert "Sent by Ada Carter (Pharmacist)." in xml
    assert "influenza." not in xml.replace(
        "influenza vaccine", ""
    )  # why he did not sign is nobody else's concern
    authors = re.findall(r"<author>\s*<reference value=\"urn:uuid:([^\"]+)", xml)
    performer = re.search(r"<actor>\s*<reference value=\"urn:uuid:([^\"]+)", xml)
    assert performer is not None
    assert len(authors) == 2
    assert performer.group(1) not in authors
    row = clinic.store.notifications.row(newer)
    assert (row.by, row.record_kind.value) == ("Ben Carter", "given")  # no correction
    assert row.duty_from == row.contact_at
    told = {(one.happening, one.by, one.note) for one in clinic.store.notifications.story(newer).events}
    assert ("on-behalf", "Ada Carter", "Ben has influenza.") in told
    with acting(ADA), pytest.raises(NotAllowedNowError):
        clinic.desk.signing.stand_in([made], ADA, "Once more.")
    assert "Corrected record" not in " ".join(clinic.desk.papers.copy(newer, How.POST, "Ada").notice)


def test_a_clock_put_forward_lets_nobody_send_on_behalf(clinic: Counter) -> None:
    made = scribed(clinic)
    clinic.clock.set(days=5)
    (shown,) = (one for signer in clinic.desk.signing.view().signers for one in signer.records)
    assert "The clock of this computer was put forward" in shown.why_not
    with acting(ADA), pytest.raises(NotAllowedNowError, match="put forward"):
        clinic.desk.signing.stand_in([made], ADA, "Ben is ill.")
    assert clinic.state(made) is State.TO_SIGN
    clinic.store.time.heard(NOW)
    with acting(ADA), pytest.raises(NotAllowedNowError):
        clinic.desk.signing.stand_in([made], ADA, "Ben is ill.")
    clinic.clock.set(days=-5)
    clinic.clock.at = noon(clinic, made)
    with acting(ADA):
        clinic.desk.signing.stand_in([made], ADA, "Ben is ill.")


def test_who_recorded_and_sends_it_is_one_author(clinic: Counter) -> None:
    clinic.ada = ADA
    with acting(ADA):
        made = clinic.record(**{"session.vaccinator": str(BEN)})
        clinic.clock.at = noon(clinic, made)
        (newer,) = clinic.desk.signing.stand_in([made], ADA, "Ben is away.")
    xml = body(clinic, newer)
    assert len(re.findall("<author>", xml)) == 1
    assert "Ada Carter (Pharmacist) on behalf of Ben Carter (Pharmacist)" in xml


def test_whoever_left_cannot_sign_and_their_records_go_on_behalf(clinic: Counter) -> None:
    made = scribed(clinic)
    clinic.store.people.retire(BEN)
    with pytest.raises(NotPermittedError, match="no longer works here"):
        clinic.desk.signing.sign(BEN, BEN_PIN, [made])
    (signer,) = clinic.desk.signing.view().signers
    assert (signer.name, signer.may_sign) == ("Ben Carter", False)
    clinic.clock.at = noon(clinic, made)
    with acting(ADA):
        assert clinic.state(*clinic.desk.signing.stand_in([made], ADA, "Ben has left.")) is State.WAITING


def test_nothing_is_late_silently(clinic: Counter) -> None:
    made = scribed(clinic)
    assert clinic.desk.signing.notices() == (
        "1 record waits for the signature of Ben Carter. See To sign (Ctrl+T).",
    )
    assert [one.id for one in clinic.desk.listing.today().figures.to_sign] == [made]
    clinic.clock.at = noon(clinic, made)
    assert "1 must reach the practice by the end of today" in clinic.desk.signing.notices()[0]
    row = clinic.store.notifications.row(made)
    assert words_of_row(row, Duty(), clinic.clock.now()).tone is Tone.LOOK
    assert "behalf" in words_of_row(row, Duty(), clinic.clock.now()).do
    clinic.clock.at = Duty().overdue_from(row.contact_at)
    assert clinic.store.deliveries.raise_overdue(Duty()) == 1
    assert "1 should have reached the practice by now" in clinic.desk.signing.notices()[0]
    late = clinic.store.notifications.row(made)
    assert (late.state, late.need) == (State.TO_SIGN, Need.LATE)
    assert "on their behalf" in words_of_row(late, Duty(), clinic.clock.now()).do
    assert clinic.desk.signing.sign(BEN, BEN_PIN, [made]) == ""
    assert clinic.desk.signing.notices() == ()
    assert clinic.store.deliveries.raise_overdue(Duty()) == 1  # signed and still not there
    assert clinic.store.notifications.row(made).need is Need.LATE


def test_what_waits_is_done_care_for_doses_lists_and_figures(clinic: Counter) -> None:
    made = scribed(clinic)
    row = clinic.store.notifications.row(made)
    record = json_record.loads(clinic.store.versions.record(made))
    of = (row.nhs_number, record.patient.name.as_on_record(), record.patient.date_of_birth)
    assert [one.notification for one in clinic.store.doses.of(*of)] == [made]
    again = FormState(complete_answers())
    assert any(
        "already" in p.sentence or "dose" in p.sentence
        for p in clinic.desk.preview("vaccination", again).problems
        if p.needs_reason
    )
    end = clinic.store.figures.day_end(row.contact_at.astimezone(ENGLAND).date())
    assert sum(n for _w, _b, n in end.by_what) == 1
    assert end.by_person == (("Ben Carter", 1),)
    assert [one.id for one in end.open] == [made]
    with acting(ADA):
        listed = clinic.desk.papers.day_list(row.contact_at.astimezone(ENGLAND).date())
    assert "Waiting for signature" in str([block.rows for block in listed.blocks])
    assert clinic.store.searching.page(Search(states=frozenset({State.TO_SIGN})), None, 9)[0].id == made


def test_a_record_that_waits_can_be_cancelled_and_not_withdrawn(clinic: Counter) -> None:
    made = scribed(clinic)
    assert {"cancel", "correct", "note", "telephone", "reaction"} == clinic.acts(made)
    with pytest.raises(NotPermittedError):
        clinic.desk.acts.do(Act.CANCEL, made, LENA, "Typed twice.")  # it takes a registered professional
    with acting(ADA):
        clinic.desk.acts.do(Act.CANCEL, made, ADA, "Typed twice.")
    assert clinic.state(made) is State.CANCELLED
    with pytest.raises(NotAllowedNowError):
        clinic.desk.signing.sign(BEN, BEN_PIN, [made])


def test_a_reaction_before_the_signature_waits_with_it_and_is_told_by_telephone_now(clinic: Counter) -> None:
    made = scribed(clinic)
    with acting(ADA):
        newer = clinic.desk.acts.reaction(made, ADA, "Fainted after ten minutes.")
    assert clinic.state(newer) is State.TO_SIGN
    assert clinic.store.deliveries.waiting(9) == []
    row = clinic.store.notifications.row(newer)
    assert (row.need, row.duty_from) == (Need.REACTION, row.contact_at)
    assert clinic.desk.signing.sign(BEN, BEN_PIN, [newer]) == ""
    assert clinic.store.notifications.row(newer).need is Need.REACTION
    assert "Fainted after ten minutes." in body(clinic, newer)


def test_a_correction_by_a_scribe_waits_and_replaces_once_it_is_signed(clinic: Counter) -> None:
    clinic.ada = BEN
    with acting(BEN):
        made = clinic.record(**{"session.vaccinator": str(BEN)})
    clinic.post(made)
    with acting(ADA):
        begun = clinic.desk.acts.begin_correction(made, "The batch was read wrongly.")
        state = begun.state.answered({"vaccine.batch": "CORRECT1"})
        sent = clinic.desk.send("vaccination", uuid.uuid4().hex, state, ADA)
    assert sent.notification is not None, sent.problems
    assert clinic.state(sent.notification) is State.TO_SIGN
    clinic.answer(made)  # the first version is matched while the correction waits
    assert clinic.store.notifications.row(sent.notification).held is False
    assert clinic.desk.signing.sign(BEN, BEN_PIN, [sent.notification]) == ""
    assert [one.notification for one in clinic.store.deliveries.waiting(9)] == [sent.notification]
    assert "relatesTo" in body(clinic, sent.notification)


def test_after_a_restore_what_is_signed_is_looked_up_before_it_is_sent(clinic: Counter) -> None:
    made = scribed(clinic)
    clinic.store.look_up_first()
    assert clinic.state(made) is State.TO_SIGN
    clinic.clock.at = noon(clinic, made)
    with acting(ADA), pytest.raises(NotAllowedNowError) as refused:
        clinic.desk.signing.stand_in([made], ADA, "Ben is away.")
    assert "backup" in refused.value.remedy
    assert clinic.desk.signing.sign(BEN, BEN_PIN, [made]) == ""
    assert clinic.state(made) is State.CHECKING
    unsure = clinic.store.deliveries.next_unsure()
    assert unsure is not None
    assert unsure.local_id == clinic.store.notifications.story(made).local_id


def test_wrong_pins_make_everybody_wait_as_at_the_door(clinic: Counter) -> None:
    made = scribed(clinic)
    for _ in range(5):
        assert clinic.desk.signing.sign(BEN, "0000", [made])
    assert "Too many wrong PINs" in clinic.desk.signing.sign(BEN, BEN_PIN, [made])
    assert clinic.state(made) is State.TO_SIGN


def test_the_audit_names_who_recorded_signed_refused_and_stood_in(clinic: Counter) -> None:
    first, second = scribed(clinic), scribed(clinic, **{"patient.given": "Violet"})
    third = scribed(clinic, **{"patient.given": "Iris"})
    assert clinic.desk.signing.sign(BEN, "0000", [first])
    assert clinic.desk.signing.sign(BEN, BEN_PIN, [first]) == ""
    assert clinic.desk.signing.refuse(BEN, BEN_PIN, second, "Ada gave it.") == ""
    clinic.clock.at = noon(clinic, third)
    with acting(ADA):
        (newer,) = clinic.desk.signing.stand_in([third], ADA, "Ben is away.")
        lines = clinic.desk.audit.page(AuditSearch(), None, 99)
    told = {(line.row.act, line.who, line.row.about) for line in lines}
    assert {
        ("to-sign", "Lena Carter", first),
        ("wrong-pin", "Lena Carter", None),
        ("signed", "Ben Carter", first),
        ("not-theirs", "Ben Carter", second),
        ("on-behalf", "Ada Carter", newer),
    } <= told
    assert clinic.store.chain.verify().faults == ()


def test_a_supply_waits_for_its_pharmacist_and_has_one_entry_in_the_register(shop: Counter) -> None:
    other = shop.store.people.add(
        replace(supply_examples.PHARMACIST, registration="2071299"), HASHES[BEN_PIN]
    )
    answers = supply_examples.complete_answers() | {"session.pharmacist": str(other)}
    with acting(shop.ada):
        sent = shop.desk.send("emergency-supply", uuid.uuid4().hex, FormState(answers), shop.ada)
    assert sent.notification is not None, sent.problems
    made = sent.notification
    assert shop.state(made) is State.TO_SIGN
    entry = shop.store.register.of_notification(made)
    assert entry is not None
    assert shop.desk.signing.sign(other, BEN_PIN, [made]) == ""
    assert shop.state(made) in (State.WAITING, State.TO_PAPER)
    again = shop.store.register.of_notification(made)
    assert again is not None
    assert (again.number, again.later) == (entry.number, ())


def test_a_supply_that_is_not_shared_waits_too_and_its_entry_is_made_at_once(shop: Counter) -> None:
    other = shop.store.people.add(
        replace(supply_examples.PHARMACIST, registration="2071299"), HASHES[BEN_PIN]
    )
    answers = supply_examples.complete_answers() | {
        "session.pharmacist": str(other),
        "consent.to_sharing": "no",
    }
    with acting(shop.ada):
        sent = shop.desk.send("emergency-supply", uuid.uuid4().hex, FormState(answers), shop.ada)
        assert sent.notification is not None, sent.problems
        assert shop.state(sent.notification) is State.TO_SIGN
        entry = shop.store.register.of_notification(sent.notification)
        assert entry is not None
        shop.clock.at = Duty().on_behalf_from(shop.store.notifications.row(sent.notification).contact_at)
        (newer,) = shop.desk.signing.stand_in([sent.notification], shop.ada, "She is away.")
    assert shop.state(newer) is State.NOT_SHARED
    amended = shop.store.register.of_notification(newer)
    assert amended is not None
    assert amended.about == entry.number
    assert "on behalf of" in str(amended.content["text"])
