"""Finding patients, earlier doses, warnings with reasons, drafts of two people: the desk over a real store."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.patient_answers import NEVER_CARRIED
from digmed_desktop.clinical.practices import ListedPractice
from digmed_desktop.clinical.record import Address, Organisation, Regulator
from digmed_desktop.desk.connections.sender import Sender
from digmed_desktop.desk.desk import Desk
from digmed_desktop.desk.gate import acting
from digmed_desktop.desk.views.general import Fit
from digmed_desktop.history.store import Store
from digmed_desktop.reference import roles
from digmed_desktop.reference.roles import Role
from digmed_desktop.scanning.pack import read
from tests.clinical.examples import FLU, complete_answers, complete_record
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, MovedClock

NOW = datetime(2026, 10, 14, 9, 55, tzinfo=UTC)
PERSON = {
    "pharmacy.name": "Overtown Pharmacy", "pharmacy.ods_code": "FX999", "pharmacy.telephone": "01632 960123",
    "pharmacy.address_lines": "1 High Street", "pharmacy.city": "Leeds", "pharmacy.postcode": "LS1 4AP",
    "person.given": "Amira", "person.family": "Khan", "person.role": "pharmacist", "person.regulator": "GPhC",
    "person.registration": "2071234", "person.pin": "507182", "person.pin_again": "507182",
}  # fmt: skip


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(NOW)


@pytest.fixture
def store(tmp_path: Path, clock: MovedClock) -> Iterator[Store]:
    made = fresh_store(tmp_path / "data" / "history.db", KEY, clock)
    yield made
    made.close()


@pytest.fixture
def desk(store: Store, clock: MovedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    from digmed_desktop.credentials import pins

    monkeypatch.setattr(pins, "hash_pin", lambda pin: f"hash of {len(pin)}")
    made = Desk(
        store,
        clock,
        kept_in="a test",
        sender=Sender("FX999OT001"),
        make_delivery=lambda _s: None,  # type: ignore[arg-type,return-value]
        folder=tmp_path,
    )
    assert made.people.first_run(PERSON) == ()
    with acting(1):
        assert made.people.add({**PERSON, "person.given": "Sunita", "person.family": "Rao"}) == ()
        yield made


def record_of(store: Store, notification: int) -> str:
    from digmed_desktop.history.tables import payload

    with store.patients._database.reading() as connection:
        query = payload.select().where(payload.c.notification_id == notification)
        return str(connection.execute(query).one().record_json)


def send(desk: Desk, token: str, by: int = 1, **changed: str) -> int:
    answers = {**complete_answers(), **{key.replace("__", "."): text for key, text in changed.items()}}
    sent = desk.send("vaccination", token, FormState(answers), by)
    assert sent.notification is not None, sent.problems
    return sent.notification


def test_a_patient_who_was_sent_about_is_found_in_any_way(desk: Desk) -> None:
    send(desk, "one")
    for typed in (
        "9990123020", "999 012 3020", "999-012-3020", "99901", "O'Neill", "oneill rose", "rose", "Oneil",
        "O Niell", "onneill", "12/3/1971", "12 Mar 1971", "12/3/71", "rose 12/03/1971",
    ):  # fmt: skip
        assert [one.name for one in desk.patients.search(typed)] == ["O'NEILL, Rose"], typed
    for typed in ("9990123021", "Patel", "13/3/1971", "", "rosemary 13/3/1971"):
        assert desk.patients.search(typed) == (), typed


def test_what_is_found_says_how_surely_it_is_what_was_typed(desk: Desk) -> None:
    send(desk, "one")
    for fit, every in {
        Fit.SURE: (
            "9990123020",
            "oneill rose",
            "o neill",
            "rose o neill",
            "RÓSE O\u2019NEILL",
            "12/3/71",
            "rose 12 Mar 1971",
        ),
        Fit.PART: ("999012", "99901", "Rose O'N", "ro o neill", "oneil", "ros 12 Mar 1971"),
        Fit.SIMILAR: ("Oneyll", "Rosie O'Neill", "Rose Rose O'Neill", "O Niell 12/3/1971"),
    }.items():
        for typed in every:
            assert [one.fit for one in desk.patients.search(typed)] == [fit], typed


def test_a_name_that_only_begins_another_is_never_surely_it(desk: Desk) -> None:
    for given, family, beginnings, whole in (
        ("Paula", "Khan", ("Paul Khan", "Khan P", "paula kha"), ("Paula Khan", "khan", "KHAN, Paula")),
        ("Anna", "Browning", ("Ann Brown", "Anna Brown", "Ann Browning"), ("Anna Browning", "Änna")),
        ("Joanna", "Lister", ("Jo Li", "Jo Lister", "Joan"), ("Joanna Lister", "Jo Anna Lister")),
        ("Anne", "Marsh", ("Ann E Marsh", "Ann Marsh"), ("Anne Marsh",)),
        ("Mary-Lou E", "Dean", ("Mary Loue Dean", "Mary-Lou D"), ("Marylou Dean", "mary lou dean e")),
    ):
        answers = complete_answers(patient__given=given, patient__family=family, patient__nhs_number="")
        desk.patients.remember(answers)
        for fit, every in ((Fit.PART, beginnings), (Fit.SURE, whole)):
            for typed in every:
                fits = {one.family: one.fit for one in desk.patients.search(typed)}
                assert fits.get(family) is fit, typed


def test_a_whole_name_stands_before_those_it_begins(desk: Desk) -> None:
    for given in (*(f"Ali{sign}" for sign in "abcdefghijklmn"), "Ali"):
        answers = complete_answers(patient__given=given, patient__family="Shah", patient__nhs_number="")
        desk.patients.remember(answers)
    first, *others = desk.patients.search("ali shah")
    assert (first.given, first.fit) == ("Ali", Fit.SURE)
    assert {one.fit for one in others} == {Fit.PART}


def test_a_birth_whose_century_is_open_finds_both_and_is_sure_of_neither(desk: Desk) -> None:
    for given, born in (("Rose", "1/10/1926"), ("Ada", "1/10/2026")):
        answers = complete_answers(patient__given=given, patient__date_of_birth=born, patient__nhs_number="")
        desk.patients.remember(answers)
    assert {(one.given, one.fit) for one in desk.patients.search("1/10/26")} == {
        ("Rose", Fit.PART),
        ("Ada", Fit.PART),
    }


def test_what_is_asked_afresh_is_not_remembered(desk: Desk) -> None:
    send(desk, "one")
    (found,) = desk.patients.search("O'Neill")
    assert found.answers["patient.postcode"]
    assert found.answers["practice.ods_code"]
    assert not set(found.answers) & NEVER_CARRIED
    assert {key.split(".")[0] for key in found.answers} == {"patient", "practice"}


def test_earlier_doses_are_those_this_pharmacy_recorded(desk: Desk, clock: MovedClock) -> None:
    first = send(desk, "one")
    clock.move(days=30)
    (dose,) = desk.counter.earlier(complete_record().patient)
    assert (dose.on.isoformat(), dose.batch, dose.by, dose.notification) == (
        "2026-10-14", "AB-1234", "Amira Khan", first,
    )  # fmt: skip
    assert desk.counter.earlier(complete_record(patient__nhs_number="999 000 0018").patient) == ()


def test_a_practice_recorded_half_a_year_ago_is_asked_about(desk: Desk, clock: MovedClock) -> None:
    def asked(**changed: str) -> list[str]:
        said = desk.preview(
            "vaccination",
            FormState(
                {**complete_answers(), **{key.replace("__", "."): value for key, value in changed.items()}}
            ),
        ).problems
        return [one.sentence for one in said if "still registered" in one.sentence]

    assert asked() == [], "nobody recorded this patient before"
    send(desk, "one")
    clock.move(days=183)
    assert asked() == []
    clock.move(days=1)
    (sentence,) = asked()
    assert "14 Oct 2026" in sentence
    assert asked(practice__ods_code="B82003") == [], "another practice was entered just now"
    assert asked(patient__nhs_number="999 000 0018") == [], "another patient"


def test_a_second_dose_of_the_season_needs_a_reason_that_is_kept(
    desk: Desk, store: Store, clock: MovedClock
) -> None:
    send(desk, "one")
    clock.move(days=1)
    answers = {**complete_answers(), "contact.date": "15/10/2026"}
    preview = desk.preview("vaccination", FormState(answers))
    (warning,) = [p for p in preview.problems if p.needs_reason]
    assert "second dose of the season" in warning.sentence
    assert "yesterday (as recorded by this pharmacy)" in warning.sentence
    refused = desk.send("vaccination", "two", FormState(answers), 1)
    assert refused.notification is None
    assert "Say why you continue" in refused.problems[0].sentence
    reasons = {warning.reason_key: "The first was entered for the wrong patient"}
    sent = desk.send("vaccination", "two", FormState(answers, reasons=reasons), 1)
    assert sent.notification is not None
    kept = record_of(store, sent.notification)
    assert "Continued although: This would be a second dose of the season" in kept
    assert "The first was entered for the wrong patient" in kept
    body = next(m.body for m in store.notifications.story(sent.notification).messages)
    assert b"wrong patient" not in bytes(body if isinstance(body, bytes) else body.encode())


def test_a_dose_that_was_cancelled_is_none(desk: Desk, store: Store) -> None:
    first = send(desk, "one")
    store.notifications.cancel(first, 1, "entered twice")
    assert desk.counter.earlier(complete_record().patient) == ()


def test_a_draft_of_one_finished_by_another_says_both(desk: Desk, store: Store) -> None:
    answers = complete_answers()
    desk.save_draft("d", "vaccination", FormState(answers), 1)
    desk.save_draft("d", "vaccination", FormState(answers), 2)
    (draft,) = desk.drafts()
    assert (draft.begun_by, draft.changed_by) == ("Amira Khan", "Sunita Rao")
    sent = desk.send("vaccination", "d", FormState(answers), 2)
    assert sent.notification is not None
    assert "Begun by Amira Khan, finished by Sunita Rao." in record_of(store, sent.notification)


def test_two_drafts_of_two_people_stay_apart(desk: Desk) -> None:
    desk.save_draft("a", "vaccination", FormState({"patient.family": "One"}), 1)
    desk.save_draft("b", "vaccination", FormState({"patient.family": "Two"}), 2)
    desk.save_draft("a", "vaccination", FormState({"patient.family": "One more"}), 1)
    assert {(d.id, d.patient, d.begun_by) for d in desk.drafts()} == {
        ("a", "One more", "Amira Khan"), ("b", "Two", "Sunita Rao"),
    }  # fmt: skip


def test_a_closed_practice_is_refused_with_its_successor(desk: Desk, store: Store) -> None:
    code = complete_answers()["practice.ods_code"]
    store.gp_practices.replace(
        [
            ListedPractice(Organisation("Old", code), open=False, successor="B82003"),
            ListedPractice(Organisation("New Surgery", "B82003", Address())),
        ]
    )
    problems = desk.preview("vaccination", FormState(complete_answers())).problems
    (closed,) = [p for p in problems if p.field == "practice.ods_code"]
    assert "New Surgery (B82003) took over" in closed.sentence
    assert desk.send("vaccination", "one", FormState(complete_answers()), 1).notification is None
    away = {**complete_answers(), "practice.registered": "no"}
    assert desk.preview("vaccination", FormState(away)).paper_only


def test_a_scanned_box_is_a_product_once_and_for_all(desk: Desk, clock: MovedClock) -> None:
    scan = read("0109501101530003172704301012AB")
    unknown = desk.stock.scanned(scan)
    assert (unknown.product, unknown.answers["vaccine.batch"]) == ("", "12AB")
    desk.stock.map_product(scan.gtin, f"{FLU.id}|ativ", 1)
    known = desk.stock.scanned(scan)
    assert known.answers == {
        "vaccine.product": "ativ", "vaccine.batch": "12AB", "vaccine.expiry": "30/04/2027",
    }  # fmt: skip
    expired = desk.stock.scanned(read("0109501101530003172604301012AB"))
    assert "expired on 30 Apr 2026" in expired.sentence
    assert expired.answers == {}
    clock.move(days=400)
    assert "expired" in desk.stock.scanned(scan).sentence


def test_adding_a_batch_says_what_is_wrong_and_knows_one_that_is_there(desk: Desk) -> None:
    empty, problems, _ = desk.stock.add({}, 1)
    assert empty is None
    assert [p.field for p in problems] == ["stock.product", "stock.number", "stock.expiry"]
    answers = {
        "stock.product": f"{FLU.id}|ativ", "stock.number": "A" * 21, "stock.expiry": "31/11/2026",
    }  # fmt: skip
    _, problems, _ = desk.stock.add(answers, 1)
    assert "at most 20 characters" in problems[0].sentence
    assert "a day that this month has" in problems[1].sentence
    answers |= {"stock.number": "AB12", "stock.expiry": "00/11/2026"}
    added, problems, new = desk.stock.add(answers, 1)
    assert added is not None, problems
    assert (added.batch.expiry.isoformat(), new) == ("2026-11-30", True)
    assert desk.stock.add(answers, 1)[2] is False
    assert [one.why_not for one in desk.stock.view().batches] == [""]
    desk.stock.finish(added.batch.id, finished=True)
    assert [one.why_not for one in desk.stock.view().batches] == ["Used up"]


@pytest.mark.parametrize("role", [one for one in roles.roles() if one.regulator is not Regulator.NONE])
def test_a_number_of_another_regulator_than_the_role_s_own_is_refused(desk: Desk, role: Role) -> None:
    numbers = {Regulator.GPHC: "2071234", Regulator.GMC: "7999999", Regulator.NMC: "99A9999Z"}
    for regulator, number in numbers.items():
        answers = {
            **PERSON,
            "person.given": "Wren",
            "person.role": role.id,
            "person.regulator": regulator.value,
            "person.registration": number,
        }
        found = desk.people.add(answers)
        if regulator is role.regulator:
            assert found == ()
        else:
            (problem,) = found
            assert problem.field == "person.regulator"
            assert problem.sentence.startswith(f"The {role.regulator.value} registers the role {role.label}.")
