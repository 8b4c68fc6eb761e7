"""Who may do what: every act times every role through the desk, and people who may do nothing new."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.clinical.form_state import CorrectionOf, FormState
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.record import Incident, PersonName, Professional, Regulator
from digmed_desktop.credentials import pins
from digmed_desktop.credentials.phrase import phrase_of
from digmed_desktop.credentials.tries import TryBook
from digmed_desktop.desk.connections.connection import ConnectionDesk
from digmed_desktop.desk.connections.sender import Sender
from digmed_desktop.desk.desk import Desk
from digmed_desktop.desk.gate import Gate, NotPermittedError, acting
from digmed_desktop.desk.people.people import PeopleDesk
from digmed_desktop.desk.upkeep.managing import OTHER_PHRASE, ManagingDesk
from digmed_desktop.desk.views.sent import Act, How
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.errors import DigMedError, NotAllowedNowError
from digmed_desktop.messaging.people import Access
from digmed_desktop.messaging.permissions import Permission, WorkRole
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.replies import ReplyAct
from digmed_desktop.messaging.searching import Search
from digmed_desktop.messaging.states import State
from digmed_desktop.reference import permissions, roles
from digmed_desktop.settings.choices import Choices
from tests.clinical import supply_examples
from tests.clinical.examples import NOW, complete_answers
from tests.conftest import MemoryVault
from tests.desk.conftest import MATCHED, Counter, no_delivery
from tests.desk.test_counter import PERSON
from tests.history.samples import KEY, PHARMACY, MovedClock
from tests.history.test_schema import KEPT

TODAY = NOW.date()
PROFESSIONS = {
    WorkRole.MANAGER: "pharmacist",
    WorkRole.PHARMACIST: "clinical-pharmacist",
    WorkRole.LOCUM: "pharmacist",
    WorkRole.TECHNICIAN: "technician",
    WorkRole.NURSE: "midwife",
    WorkRole.TRAINEE: "trainee",
    WorkRole.ASSISTANT: "healthcare-assistant",
}
MAY = {  # written by hand beside the table: M, P, L, T, N, R (trainee), A
    Permission.RECORD_VACCINATION: "MPLTNRA",
    Permission.FINISH_SUPPLY: "MPL",
    Permission.RECORD_REFUSED: "MPL",
    Permission.KEEP_DRAFTS: "MPLTNRA",
    Permission.FOLLOW_UP: "MPLTNRA",
    Permission.CLOSE: "MPLTN",
    Permission.CORRECT: "MPLTN",
    Permission.CORRECT_UNSIGNED: "MPLTNRA",
    Permission.SIGN: "MPLTNRA",
    Permission.SEND_ON_BEHALF: "MPL",
    Permission.SETTLE_REPLIES: "MPLT",
    Permission.RESUME_SENDING: "MPL",
    Permission.SEE_RECORDS: "MPLTNRA",
    Permission.PRINT_RECORDS: "MPLTNRA",
    Permission.PRINT_LISTS: "MPLT",
    Permission.EXPORT_LIST: "MP",
    Permission.SAVE_RECORD: "MPL",
    Permission.AMEND_REGISTER: "MPL",
    Permission.KEEP_STOCK: "MPLTNRA",
    Permission.HOLD_BATCH: "MPL",
    Permission.RECORD_INCIDENT: "MPLTNRA",
    Permission.CLOSE_INCIDENT: "MPL",
    Permission.ENTER_PGDS: "MP",
    Permission.SWITCH_PGDS: "M",
    Permission.CHANGE_PEOPLE: "M",
    Permission.END_WAIT: "M",
    Permission.CHANGE_PHARMACY: "M",
    Permission.CHANGE_CONNECTION: "M",
    Permission.CHANGE_MESSAGES: "M",
    Permission.CHANGE_SETTINGS: "M",
    Permission.CHANGE_SCANNER: "MPLT",
    Permission.IMPORT_LISTS: "MP",
    Permission.MAKE_BACKUP: "M",
    Permission.SHOW_PHRASE: "M",
    Permission.ERASE: "M",
    Permission.GIVE_PATIENT_FILE: "M",
    Permission.KEEP_RETENTION: "M",
    Permission.SEE_AUDIT: "M",
}
LETTERS = dict(zip(WorkRole, "MPLTNRA", strict=True))


@dataclass
class Shop:
    """A pharmacy with somebody of each role."""

    desk: Desk
    store: Store
    vault: MemoryVault
    clock: MovedClock
    folder: Path
    people: dict[WorkRole, int] = field(default_factory=dict)

    def add(self, profession: str, access: Access | None = None, name: str = "Lena") -> int:
        who = Professional(PersonName(name, "Vale"), roles.role(profession).coded, Regulator.NONE, "")
        return self.store.people.add(who, "slow-hash", access)

    def let(self, act: Callable[["Shop", int], object], by: int | None) -> bool:
        """Return whether the gate let a person do it; what else may be in the way is no matter here."""
        try:
            with acting(by):
                said = act(self, by)  # type: ignore[arg-type]
        except NotPermittedError:
            return False
        except (DigMedError, KeyError, ValueError, OSError):
            return True
        told = getattr(said, "problems", said) or ()
        refused = (
            "You are not allowed to",
            "Only a pharmacist",
            "Nobody is signed in",
            "no longer works",
            "The last day",
        )
        sentences = (
            [one.sentence for one in told if isinstance(one, Problem)] if isinstance(told, tuple) else []
        )
        return not any(one.startswith(refused) or "no longer works here" in one for one in sentences)


@pytest.fixture
def everybody(tmp_path: Path, memory_vault: MemoryVault) -> Iterator[Shop]:
    clock = MovedClock(NOW)
    store = Store.create(tmp_path / "data" / "digmed.db", KEY, clock)
    store.profile.save_pharmacy(PHARMACY)
    memory_vault.put("database-key", KEY.hex())
    choices = Choices()
    desk = Desk(
        store,
        clock,
        kept_in="a test",
        sender=Sender("FX999OT001", choices.now),
        make_delivery=no_delivery,
        folder=tmp_path,
        connection=ConnectionDesk(store, memory_vault, choices, clock),
        choices=choices,
        vault=memory_vault,
    )
    shop = Shop(desk, store, memory_vault, clock, tmp_path)
    access = {
        WorkRole.MANAGER: Access(manager=True),
        WorkRole.LOCUM: Access(until=TODAY),
    }
    shop.people = {role: shop.add(PROFESSIONS[role], access.get(role)) for role in WorkRole}
    yield shop
    desk.close()


UNSIGNED = 2  # the number of a record that waits for a signature


def notification(shop: Shop) -> int:
    """Send a vaccination as the manager, and record one for a nurse to sign; return the first."""
    counter = Counter(shop.desk, shop.store, shop.clock, shop.people[WorkRole.MANAGER])
    with acting(counter.ada):
        sent = counter.record()
        nurse = str(shop.people[WorkRole.NURSE])
        assert counter.record(**{"session.vaccinator": nurse, "patient.given": "Violet"}) == UNSIGNED
    return sent


def with_incident(shop: Shop, by: int) -> object:
    desk = shop.desk.forms["vaccination"]
    assessed = desk.assess(FormState(complete_answers()))
    record = replace(assessed.record, incident=Incident(done=True))
    return desk.refusal(record, by)


def supply(shop: Shop, by: int) -> object:
    desk = shop.desk.forms["emergency-supply"]
    assessed = desk.assess(FormState(supply_examples.complete_answers()))
    return desk.refusal(assessed.record, by)


ACTS: dict[Permission, Callable[[Shop, int], object]] = {
    Permission.RECORD_VACCINATION: lambda s, by: s.desk.send(
        "vaccination", uuid.uuid4().hex, FormState(complete_answers()), by
    ),
    Permission.FINISH_SUPPLY: supply,
    Permission.RECORD_REFUSED: with_incident,
    Permission.KEEP_DRAFTS: lambda s, _by: s.desk.discard_draft("none"),
    Permission.FOLLOW_UP: lambda s, by: s.desk.acts.do(Act.NOTE, 1, by, "A note."),
    Permission.CLOSE: lambda s, by: s.desk.acts.do(Act.DEAL_WITH, 1, by, "Done."),
    Permission.CORRECT: lambda s, by: s.desk.acts.do(Act.WITHDRAW, 99, by, "Wrong."),
    Permission.CORRECT_UNSIGNED: lambda s, _by: s.desk.acts.begin_correction(UNSIGNED, "Another gave it."),
    Permission.SIGN: lambda s, by: s.desk.signing.sign(by, "0000", []),
    Permission.SEND_ON_BEHALF: lambda s, by: s.desk.signing.stand_in([], by, "They are away."),
    Permission.SETTLE_REPLIES: lambda s, by: s.desk.replies.settle("none", ReplyAct.DEALT_WITH, by),
    Permission.RESUME_SENDING: lambda s, by: s.desk.replies.let_go_on(None, by),
    Permission.SEE_RECORDS: lambda s, _by: s.desk.listing.story(1),
    Permission.PRINT_RECORDS: lambda s, _by: s.desk.papers.printed(
        s.desk.papers.copy(1, How.PATIENT, "Lena Vale"), "a name"
    ),
    Permission.PRINT_LISTS: lambda s, _by: s.desk.papers.day_list(TODAY),
    Permission.EXPORT_LIST: lambda s, _by: s.desk.exports.csv(
        Search(), s.folder / f"{uuid.uuid4().hex}.csv", Progress(), with_patients=False
    ),
    Permission.SAVE_RECORD: lambda s, _by: s.desk.acts.save_record(1, s.folder / f"{uuid.uuid4().hex}.json"),
    Permission.AMEND_REGISTER: lambda s, by: s.desk.register.amend(1, "Put right.", by),
    Permission.KEEP_STOCK: lambda s, _by: s.desk.stock.finish(99, finished=True),
    Permission.HOLD_BATCH: lambda s, _by: s.desk.stock.hold(99, "The fridge was warm."),
    Permission.RECORD_INCIDENT: lambda s, _by: s.desk.incidents.record({}),
    Permission.CLOSE_INCIDENT: lambda s, _by: s.desk.incidents.close(99, "Nothing came of it."),
    Permission.ENTER_PGDS: lambda s, by: s.desk.pgds.withdraw(99, by),
    Permission.SWITCH_PGDS: lambda s, by: s.desk.pgds.switch(by, on=True),
    Permission.CHANGE_PEOPLE: lambda s, _by: s.desk.people.add({}),
    Permission.CHANGE_PHARMACY: lambda s, _by: s.desk.people.change_pharmacy({}),
    Permission.CHANGE_CONNECTION: lambda s, _by: s.desk.connection.save({}),
    Permission.CHANGE_MESSAGES: lambda s, _by: s.desk.messages.agree(("influenza",)),
    Permission.CHANGE_SETTINGS: lambda s, _by: s.desk.settings.change(privacy=True),
    Permission.CHANGE_SCANNER: lambda s, _by: s.desk.settings.change(scanner_prefix="]d2"),
    Permission.IMPORT_LISTS: lambda s, _by: s.desk.directory.import_file(s.folder / "none.csv"),
    Permission.MAKE_BACKUP: lambda s, _by: s.desk.backups.end_daily(),
    Permission.GIVE_PATIENT_FILE: lambda s, _by: s.desk.patient_file.gather(1),
    Permission.SEE_AUDIT: lambda s, _by: s.desk.audit.verify(),
    Permission.SHOW_PHRASE: lambda s, by: s.desk.backups.phrase_for(by, "1", s.desk.sign_in),
}
ELSEWHERE = {Permission.END_WAIT, Permission.ERASE, Permission.KEEP_RETENTION}
"""Held to the table by tests of their own."""


def test_every_act_is_let_through_for_exactly_the_roles_of_the_table(everybody: Shop) -> None:
    notification(everybody)
    assert set(ACTS) | ELSEWHERE == set(Permission)
    wrong = []
    for permission, act in ACTS.items():
        for role, person in everybody.people.items():
            wanted = LETTERS[role] in MAY[permission]
            if everybody.let(act, person) is not wanted:
                wrong.append(f"{permission} by {role}: {'refused' if wanted else 'let through'}")
    assert wrong == []


def test_the_table_says_what_is_written_here_by_hand() -> None:
    for permission, rule in permissions.rules().items():
        assert "".join(LETTERS[role] for role in WorkRole if role in rule.roles) == MAY[permission], (
            permission
        )
    assert permissions.rules().keys() == MAY.keys()


def test_whoever_signs_in_is_told_exactly_what_the_gate_refuses_them(everybody: Shop) -> None:
    for role, person in everybody.people.items():
        with acting(person):
            refused = everybody.desk.people.signed_in().refused
        told = {one for one in Permission if one in refused}
        assert told == {one for one in Permission if LETTERS[role] not in MAY[one]}, role
        for permission, sentence in refused.items():
            with acting(person), pytest.raises(NotPermittedError) as error:
                Gate(everybody.store).allow(permission)
            assert str(error.value) == sentence


def test_no_act_on_a_notification_is_offered_to_who_may_not_do_it(everybody: Shop) -> None:
    first = notification(everybody)
    for number in (first, UNSIGNED):
        for role, person in everybody.people.items():
            with acting(person):
                offers = everybody.desk.acts.offered(number)
            assert offers
            for offer in offers:
                if offer.act in (Act.CORRECT, Act.WITHDRAW, Act.REACTION):
                    needs = Permission.CORRECT
                    if number == UNSIGNED and offer.act is Act.CORRECT:
                        needs = Permission.CORRECT_UNSIGNED
                    assert bool(offer.refused) is (LETTERS[role] not in MAY[needs]), (role, offer.act)
                else:
                    may = everybody.let(partial(do_nothing, offer.act, 4711), person)
                    assert bool(offer.refused) is not may, (role, offer.act)


def do_nothing(act: Act, number: int, shop: Shop, by: int) -> object:
    """Ask for an act on a notification that there is none of: only the gate can refuse it."""
    return shop.desk.acts.do(act, number, by, "It is a test.")


def finishing(shop: Shop) -> dict[str, tuple[str, FormState]]:
    """Return forms that are ready to be sent, one for each right that finishing may take."""
    first = notification(shop)
    with acting(shop.people[WorkRole.MANAGER]):
        correction = shop.desk.acts.begin_correction(first, "The site was wrong.").state
        unsigned = shop.desk.acts.begin_correction(UNSIGNED, "The site was wrong.").state
    wrong = FormState(complete_answers(), withdraws=CorrectionOf(first, "Another patient."))
    return {
        "vaccination": ("vaccination", FormState(complete_answers())),
        "supply": ("emergency-supply", FormState(supply_examples.complete_answers())),
        "correction": ("vaccination", correction),
        "correction of what waits": ("vaccination", unsigned),
        "wrong patient": ("vaccination", wrong),
    }


def test_a_form_that_somebody_may_not_finish_says_so_before_it_can_be_sent(everybody: Shop) -> None:
    wanted = {
        "vaccination": Permission.RECORD_VACCINATION,
        "supply": Permission.FINISH_SUPPLY,
        "correction": Permission.CORRECT,
        "correction of what waits": Permission.CORRECT_UNSIGNED,
        "wrong patient": Permission.CORRECT,
    }
    told = ("You are not allowed to", "Only a pharmacist")
    for name, (form, state) in finishing(everybody).items():
        for role, person in everybody.people.items():
            with acting(person):
                problems = everybody.desk.preview(form, state).problems
            stops = [p for p in problems if p.severity is Severity.STOP and p.sentence.startswith(told)]
            assert bool(stops) is (LETTERS[role] not in MAY[wanted[name]]), (name, role)


def test_a_draft_is_kept_whoever_keeps_it_and_marks_nothing_that_they_may_not(everybody: Shop) -> None:
    state = finishing(everybody)["wrong patient"][1]
    with acting(everybody.people[WorkRole.ASSISTANT]):
        everybody.desk.save_draft("d1", "vaccination", state, everybody.people[WorkRole.ASSISTANT])
    assert everybody.store.drafts.get("d1") is not None
    assert not everybody.store.notifications.row(1).needs_person
    with acting(everybody.people[WorkRole.NURSE]):
        everybody.desk.save_draft("d1", "vaccination", state, everybody.people[WorkRole.NURSE])
    assert everybody.store.notifications.row(1).needs_person


def test_whoever_does_not_work_here_today_can_do_nothing_new(everybody: Shop) -> None:
    notification(everybody)
    retired = everybody.add("pharmacist", Access(manager=True))
    everybody.store.people.retire(retired)
    gone = everybody.add("pharmacist", Access(until=TODAY - timedelta(days=1)))
    for who, person in {
        "retired": retired,
        "after the last day": gone,
        "unknown": 4711,
        "nobody": None,
    }.items():
        for permission, act in ACTS.items():
            assert not everybody.let(act, person), f"{permission} by someone {who}"


def test_what_a_person_sent_before_leaving_still_goes(everybody: Shop) -> None:
    sent = notification(everybody)
    everybody.add("pharmacist", Access(manager=True))
    with acting(everybody.people[WorkRole.MANAGER]):
        everybody.desk.people.retire(everybody.people[WorkRole.MANAGER])
    counter = Counter(everybody.desk, everybody.store, everybody.clock, 0)
    counter.post(sent)
    counter.answer(sent, MATCHED)
    assert counter.state(sent) is State.MATCHED


def test_a_manager_without_the_profession_does_no_clinical_work_of_it(everybody: Shop) -> None:
    owner = everybody.add("assistant", Access(manager=True))
    assert everybody.let(ACTS[Permission.CHANGE_PEOPLE], owner)
    assert not everybody.let(ACTS[Permission.FINISH_SUPPLY], owner)
    assert not everybody.let(ACTS[Permission.AMEND_REGISTER], owner)


def test_the_sentence_says_who_can_do_it(everybody: Shop) -> None:
    with acting(everybody.people[WorkRole.ASSISTANT]):
        with pytest.raises(NotPermittedError, match=r"Lena Vale signs in"):
            everybody.desk.people.add({})
        with pytest.raises(NotPermittedError, match="manager or superintendent, pharmacist"):
            everybody.desk.exports.csv(Search(), everybody.folder / "a.csv", Progress(), with_patients=True)


def test_somebody_is_always_manager(everybody: Shop) -> None:
    manager = everybody.people[WorkRole.MANAGER]
    with acting(manager):
        as_kept = everybody.desk.people.answers_about(manager)
        assert as_kept["person.works_as"] == "manager"
        for act in (
            lambda: everybody.desk.people.retire(manager),
            lambda: everybody.desk.people.change(
                manager, {**as_kept, "person.works_as": "profession", "person.regulator": "none"}
            ),
        ):
            with pytest.raises(NotAllowedNowError, match="only one"):
                act()
        other = everybody.people[WorkRole.ASSISTANT]
        answers = everybody.desk.people.answers_about(other)
        assert everybody.desk.people.change(other, {**answers, "person.works_as": "manager"}) == ()
        everybody.desk.people.retire(manager)
    assert [one.id for one in everybody.desk.people.all() if one.works_as is WorkRole.MANAGER] == [other]


def test_a_locum_works_until_the_last_day_and_a_manager_can_add_one(everybody: Shop) -> None:
    locum = everybody.people[WorkRole.LOCUM]
    assert everybody.let(ACTS[Permission.RECORD_VACCINATION], locum)
    everybody.clock.move(days=1)
    assert not everybody.let(ACTS[Permission.RECORD_VACCINATION], locum)
    assert "The last day" in everybody.desk.sign_in(locum, "407192").sentence
    with acting(everybody.people[WorkRole.MANAGER]):
        answers = everybody.desk.people.answers_about(locum)
        late = everybody.desk.people.change(locum, {**answers, "person.until": "1/10/2026"})
        assert [one.field for one in late] == ["person.until"]
        assert everybody.desk.people.change(locum, {**answers, "person.until": "20/10/2026"}) == ()
    assert everybody.let(ACTS[Permission.RECORD_VACCINATION], locum)


@pytest.mark.parametrize("hours", [-2, -26, -24 * 40])
def test_a_clock_that_is_set_back_lets_no_locum_in_again(everybody: Shop, hours: int) -> None:
    locum, manager = everybody.people[WorkRole.LOCUM], everybody.people[WorkRole.MANAGER]
    until_midnight = NOW.astimezone(ENGLAND).replace(hour=23, minute=59, second=59) - NOW
    everybody.clock.move(hours=until_midnight / timedelta(hours=1))
    assert everybody.let(ACTS[Permission.RECORD_VACCINATION], locum)
    everybody.clock.move(hours=1 / 60)
    assert not everybody.let(ACTS[Permission.RECORD_VACCINATION], locum)
    with acting(manager):
        everybody.desk.settings.change(privacy=True)  # the records see the day after
    everybody.clock.move(hours=hours)
    assert not everybody.let(ACTS[Permission.RECORD_VACCINATION], locum)
    assert everybody.desk.people.sign_in(locum, "407192").sentence.startswith("The last day of")
    assert [one.ended for one in everybody.desk.people.all() if one.id == locum] == [True]


def test_a_locum_whom_a_clock_set_ahead_put_out_works_again_once_a_manager_says_so(everybody: Shop) -> None:
    locum, manager = everybody.people[WorkRole.LOCUM], everybody.people[WorkRole.MANAGER]
    everybody.clock.move(days=3)
    with acting(manager):
        everybody.desk.settings.change(privacy=True)
    everybody.clock.move(days=-3)
    assert not everybody.let(ACTS[Permission.RECORD_VACCINATION], locum)
    with acting(manager):
        answers = everybody.desk.people.answers_about(locum)
        assert everybody.desk.people.change(locum, {**answers, "person.regulator": "none"}) == ()
    assert everybody.let(ACTS[Permission.RECORD_VACCINATION], locum)
    everybody.clock.move(days=1)
    assert not everybody.let(ACTS[Permission.RECORD_VACCINATION], locum)


@pytest.mark.parametrize("hours", [-48, -2, 2, 48])
def test_no_clock_undoes_a_removal_or_the_role_given_last(everybody: Shop, hours: int) -> None:
    manager, nurse = everybody.people[WorkRole.MANAGER], everybody.people[WorkRole.NURSE]
    with acting(manager):
        everybody.desk.people.retire(nurse)
        answers = everybody.desk.people.answers_about(everybody.people[WorkRole.ASSISTANT])
        made = {**answers, "person.works_as": "manager", "person.regulator": "none"}
        everybody.clock.move(hours=hours)
        assert everybody.desk.people.change(everybody.people[WorkRole.ASSISTANT], made) == ()
        everybody.clock.move(hours=-hours)
        back = {**made, "person.works_as": "profession"}
        assert everybody.desk.people.change(everybody.people[WorkRole.ASSISTANT], back) == ()
    for moved in (0, hours, -2 * hours):
        everybody.clock.move(hours=moved)
        assert not everybody.let(ACTS[Permission.RECORD_VACCINATION], nurse)
        assert not everybody.let(ACTS[Permission.CHANGE_PEOPLE], everybody.people[WorkRole.ASSISTANT])


def test_records_of_version_1_get_their_manager_by_the_phrase(
    tmp_path: Path, memory_vault: MemoryVault
) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    shutil.copy(KEPT, folder / "history.db")
    store = Store.open(folder / "history.db", KEY, MovedClock())
    memory_vault.put("database-key", KEY.hex())
    managing = ManagingDesk(store, memory_vault, PeopleDesk(store, store.clock))
    first = store.people.all()[0]
    assert not any(one.access.manager for one in store.people.all())
    assert managing.is_wanted(first.id)
    assert managing.become(first.id, " ".join(phrase_of(KEY))) == ()
    store.close()
    store = Store.open(folder / "history.db", KEY, MovedClock())
    assert [one.id for one in store.people.all() if one.access.manager] == [first.id]
    assert store.chain.verify().broken_at is None
    store.close()


def test_first_run_makes_the_manager_and_happens_once(
    tmp_path: Path, memory_vault: MemoryVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pins, "hash_pin", lambda pin: f"hash of {len(pin)}")
    store = Store.create(tmp_path / "data" / "digmed.db", KEY, MovedClock())
    people = PeopleDesk(store, store.clock, TryBook(memory_vault))
    assert people.first_run(PERSON) == ()
    assert [one.works_as for one in people.all()] == [WorkRole.MANAGER]
    with pytest.raises(NotAllowedNowError, match="set up already"):
        people.first_run({**PERSON, "person.given": "Mallory"})
    assert len(people.all()) == 1
    store.close()


def test_the_recovery_phrase_makes_the_first_manager_and_only_the_first(
    tmp_path: Path, memory_vault: MemoryVault
) -> None:
    clock = MovedClock()
    store = Store.create(tmp_path / "data" / "digmed.db", KEY, clock)
    memory_vault.put("database-key", KEY.hex())
    people = PeopleDesk(store, clock, TryBook(memory_vault))
    managing = ManagingDesk(store, memory_vault, people)
    who = Professional(PersonName("Ada", "Vale"), roles.role("pharmacist").coded, Regulator.GPHC, "2071234")
    ada = store.people.add(who, pins.hash_pin("739204"))
    tom = store.people.add(replace(who, role=roles.role("technician").coded), "slow-hash")
    phrase, other = " ".join(phrase_of(KEY)), " ".join(phrase_of(bytes(32)))
    assert managing.is_wanted(ada)
    assert not managing.is_wanted(tom)
    assert managing.become(ada, other)[0].sentence == OTHER_PHRASE
    assert managing.become(ada, "copper lantern")[0].field == "manager.phrase"
    with pytest.raises(NotAllowedNowError, match="is a pharmacist"):
        managing.become(tom, phrase)
    assert managing.become(ada, phrase) == ()
    assert [one.access.manager for one in store.people.all()] == [True, False]
    with pytest.raises(NotAllowedNowError, match="has a manager"):
        managing.become(ada, phrase)
    new = {"manager.phrase": phrase, "manager.pin": "618350", "manager.pin_again": "618350"}
    assert managing.reset_pin(tom, new)[0].field == "who"
    assert managing.reset_pin(ada, {**new, "manager.phrase": other})[0].sentence == OTHER_PHRASE
    assert managing.reset_pin(ada, {**new, "manager.pin_again": "1"})[0].field == "manager.pin_again"
    assert managing.reset_pin(ada, {**new, "manager.pin": "2071234"})[0].field == "manager.pin"
    assert managing.reset_pin(ada, new) == ()
    assert people.sign_in(ada, "739204").person is None
    assert people.sign_in(ada, "618350").person is not None
    assert store.chain.verify().broken_at is None
    store.close()
