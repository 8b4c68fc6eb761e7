"""Retention: off until a manager confirms, stopped by holds and by what needs a person, and exact to the day."""

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from digmed_desktop.clinical import retention
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.retention_kinds import RecordKind
from digmed_desktop.desk.records.retention import RetentionDesk
from digmed_desktop.desk.upkeep.head_keeper import check
from digmed_desktop.desk.views.retention import WORDS
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.audit_words import line_of
from digmed_desktop.messaging.connection import Health
from digmed_desktop.messaging.errors import DigMedError, NotAllowedNowError
from digmed_desktop.messaging.replies import ReplyAct
from digmed_desktop.messaging.retention import HoldReason, held
from digmed_desktop.messaging.searching import Search
from digmed_desktop.messaging.sending import InboxItem, ItemKind
from digmed_desktop.messaging.states import State
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, PHARMACIST, MovedClock, facts, local_id, names, token
from tests.history.test_notifications import MATCHED, answer, freeze, send
from tests.long.checks import retention as long_check
from tests.long.registry import Size

ADA = "Ms Ada Okonkwo-Bright"
NUMBER = "9991234500"
RECORD = json.dumps({"record": {"patient": {"date_of_birth": "1950-05-05"}}})


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(datetime(2012, 10, 1, 9, tzinfo=UTC))


@pytest.fixture
def store(tmp_path: Path, clock: MovedClock) -> Iterator[Store]:
    made = fresh_store(tmp_path / "data" / "digmed.db", KEY, clock)
    yield made
    made.close()


@pytest.fixture
def desk(store: Store, clock: MovedClock) -> RetentionDesk:
    return RetentionDesk(store, clock, lambda: ADA)


def not_shared(store: Store, clock: MovedClock) -> int:
    about = dataclasses.replace(facts(), nhs_number=NUMBER, contact_at=clock.at)
    return store.notifications.freeze(
        None, RECORD, about, None, local_id(), None, token=token(), not_shared=True
    )


@pytest.mark.parametrize(
    ("kind", "last", "born", "until"),
    [
        (RecordKind.ADULT, date(2016, 10, 1), date(1950, 5, 5), date(2024, 10, 1)),
        (RecordKind.ADULT, date(2016, 2, 29), date(1950, 5, 5), date(2024, 2, 29)),
        (RecordKind.CHILD, date(2016, 10, 1), date(2013, 6, 30), date(2038, 6, 30)),
        (RecordKind.CHILD, date(2016, 10, 1), date(1999, 6, 30), date(2025, 6, 30)),  # was 17
        (RecordKind.CHILD, date(2016, 10, 1), date(2012, 2, 29), date(2037, 3, 1)),
    ],
)
def test_a_record_is_kept_until_the_latest_day_that_any_source_asks_for(kind, last, born, until) -> None:
    assert retention.kind_of(supply=False, last=last, born=born) is kind
    assert retention.kept_until(retention.load().rows[kind], last, born) == until


def test_nothing_is_removed_until_the_very_table_is_confirmed(store, desk, clock, monkeypatch) -> None:
    made = not_shared(store, clock)
    clock.at = datetime(2020, 10, 1, 9, tzinfo=UTC)
    assert desk.preview().due == ()
    clock.move(days=1)
    due = desk.preview().due
    assert [one.ids for one in due] == [(made,)]
    with pytest.raises(NotAllowedNowError, match="confirmed"):
        desk.remove(due, WORDS)
    desk.confirm()
    table = retention.load()
    with monkeypatch.context() as patch:
        patch.setattr(retention, "load", lambda: dataclasses.replace(table, digest="another"))
        assert desk.confirmed() is None, "another table was confirmed than the one that is here"
        with pytest.raises(NotAllowedNowError, match="confirmed"):
            desk.remove(due, WORDS)
    desk.switch_off()
    with pytest.raises(NotAllowedNowError):
        desk.remove(due, WORDS)
    desk.confirm()
    assert desk.remove(due, WORDS) == (1, 0)
    assert store.retention.groups() == []


def test_who_is_no_manager_decides_nothing(store, clock) -> None:
    def refuse() -> str:
        raise DigMedError("Only a manager may.")

    desk = RetentionDesk(store, clock, refuse)
    for act in (
        desk.confirm,
        desk.switch_off,
        lambda: desk.remove((), WORDS),
        lambda: desk.lift(1, "settled"),
        lambda: desk.hold(HoldReason.CLAIM, "claim", "batch B1"),
    ):
        with pytest.raises(DigMedError, match="manager"):
            act()
    assert desk.confirmed() is None
    assert desk.holds() == ()


@pytest.mark.parametrize("subject", [f"patient {NUMBER[:3]} {NUMBER[3:]}", "notification 1", "batch b0000"])
def test_a_hold_stops_it_until_it_is_lifted(store, desk, clock, subject) -> None:
    not_shared(store, clock)
    store.patients.remember(family="O'Fennimore", given="W", nhs_number=NUMBER, born=None, answers={})
    desk.confirm()
    held = desk.hold(HoldReason.COMPLAINT, "letter of 3 May", subject)
    clock.at = datetime(2026, 1, 1, 9, tzinfo=UTC)
    assert desk.preview().due == ()
    assert desk.preview().stays == {"on hold": 1}
    assert desk.remove((), WORDS) == (0, 0)
    desk.lift(held.id, "settled")
    assert desk.remove(desk.preview().due, WORDS) == (1, 1)
    with pytest.raises(DigMedError, match="no hold"):
        desk.lift(held.id, "settled")


def test_a_hold_on_a_patient_holds_what_was_recorded_before_the_number_was_known(store, desk, clock) -> None:
    about = dataclasses.replace(facts(), nhs_number="", contact_at=clock.at)
    store.notifications.freeze(None, RECORD, about, None, local_id(), None, token=token(), not_shared=True)
    not_shared(store, clock)
    desk.hold(HoldReason.CLAIM, "a claim", f"patient {NUMBER}")
    clock.at = datetime(2026, 1, 1, 9, tzinfo=UTC)
    assert desk.preview().stays == {"on hold": 2}


def test_a_clock_put_forward_removes_nothing(store, desk, clock) -> None:
    not_shared(store, clock)
    begun(store)
    store.patients.remember(family="O'Fennimore", given="W", nhs_number=NUMBER, born=None, answers={})
    desk.confirm()
    clock.set(days=30 * 365)
    seen = desk.preview()
    assert (seen.due, seen.stays) == ((), {})
    assert any("clock of this computer was put forward" in line for line in seen.lines)
    assert desk.remove((), WORDS) == (0, 0)
    clock.set(days=-30 * 365)
    clock.move(days=30 * 365)
    assert len(desk.preview().due) == 2
    assert desk.remove(desk.preview().due, WORDS) == (2, 1)


def test_what_was_recorded_while_the_clock_was_back_counts_from_what_was_sealed_before(
    store, desk, clock
) -> None:
    """The clock was nine years back for a moment: what was recorded then does not go nine years early."""
    clock.at = datetime(2021, 10, 1, 9, tzinfo=UTC)
    desk.confirm()
    clock.set(days=-9 * 366)
    about = dataclasses.replace(facts(), nhs_number=NUMBER, contact_at=clock.now())
    store.notifications.freeze(None, RECORD, about, None, local_id(), None, token=token(), not_shared=True)
    doubted(store)
    store.replies.settle("R1", ReplyAct.DEALT_WITH, store.people.add(PHARMACIST, "slow-hash"))
    doubted(store, "R2")
    store.replies.settle("R2", ReplyAct.DEALT_WITH, 1)
    store.patients.remember(family="Vale", given="W", nhs_number="", born=None, answers={})
    clock.set_by = timedelta()
    assert desk.preview().due == ()
    assert desk.remove((), WORDS) == (0, 0)
    clock.at = datetime(2029, 9, 30, 9, tzinfo=UTC)
    assert desk.preview().due == ()
    clock.at = datetime(2030, 10, 2, 9, tzinfo=UTC)
    assert kinds(desk) == [RecordKind.ADULT, RecordKind.UNMATCHED_REPLY]


def test_a_clock_once_put_forward_by_mistake_keeps_nothing_for_ever(store, desk, clock) -> None:
    clock.set(days=30 * 365)
    desk.confirm()
    clock.set(days=-30 * 365)
    not_shared(store, clock)
    clock.at = datetime(2021, 1, 1, 9, tzinfo=UTC)
    assert kinds(desk) == [RecordKind.ADULT]


def test_a_hold_says_how_many_records_it_holds(store, desk, clock) -> None:
    for _ in range(2):
        not_shared(store, clock)
    (some, *_) = store.retention.groups()
    same = f"patient {some.nhs_number}"
    assert desk.hold(HoldReason.CLAIM, "a claim", same).held == 2
    assert desk.hold(HoldReason.CLAIM, "a claim", "notification 1").held == 2
    assert desk.hold(HoldReason.INCIDENT, "a slip", "batch NOPE").held == 0
    assert desk.hold(HoldReason.CLAIM, "a slip", "patient 9434765919").held == 0
    words = [held(one) for one in desk.holds()]
    assert words[0].startswith("It protects 2 records")
    assert words[2].startswith("No record here has this batch number. Check it.")


def test_a_hold_is_lifted_with_a_reason_that_stays_as_long_as_the_record(store, desk, clock) -> None:
    not_shared(store, clock)
    held = desk.hold(HoldReason.CLAIM, "a claim", "notification 1")
    with pytest.raises(DigMedError, match="why"):
        desk.lift(held.id, " ")
    assert [one.id for one in desk.holds()] == [held.id]
    desk.lift(held.id, "settled out of court")
    assert [(one.id, one.lifted_by, one.lifted_why) for one in desk.view().lifted] == [
        (held.id, ADA, "settled out of court")
    ]
    desk.confirm()
    clock.at = datetime(2026, 1, 1, 9, tzinfo=UTC)
    desk.remove(desk.preview().due, WORDS)
    assert desk.view().lifted == ()


@pytest.mark.parametrize("subject", ["", "patient 123", "patient", "batch", "notification 99", "Fennimore"])
def test_a_hold_names_a_patient_or_a_batch(desk, subject) -> None:
    with pytest.raises(DigMedError):
        desk.hold(HoldReason.CLAIM, "a claim", subject)
    assert desk.holds() == ()


def test_what_is_in_use_stays_and_all_of_a_settled_record_goes(store, desk, clock) -> None:
    ada = store.people.add(PHARMACIST, "slow-hash")
    desk.confirm()
    settled: list[tuple[int, int]] = []
    waiting: list[tuple[int, int]] = []
    for place in range(3):
        old, local, sent = freeze(store)
        send(store, local, f"M{place}")
        new, new_local, new_sent = freeze(store, ada, correction=store.notifications.correction(old))
        answer(store, sent, MATCHED, mesh_id=f"A{place}", owes=b"<Answer/>" if place == 1 else None)
        send(store, new_local, f"N{place}")
        answer(store, new_sent, MATCHED, mesh_id=f"B{place}")
        assert store.notifications.row(new).state is State.MATCHED
        (waiting if place == 1 else settled).append((old, new))
    with store.retention._database.writing() as connection:  # as the forms record it
        connection.exec_driver_sql("DROP TRIGGER payload_refuses_update")
        connection.execute(sa.text("UPDATE payload SET record_json = :text"), {"text": RECORD})
    clock.at = datetime(2036, 1, 1, 9, tzinfo=UTC)
    with store.retention._database.writing() as connection:
        from digmed_desktop.history.migrations.append_only import triggers

        for name, sql in triggers("payload").items():
            if name.endswith("update"):
                connection.exec_driver_sql(f"CREATE TRIGGER {name} {sql}")
    seen = desk.preview()
    assert [one.ids for one in seen.due] == settled
    assert seen.stays == {"a reply is owed to the practice": 1}
    assert desk.remove(seen.due, WORDS) == (2, 0)
    assert [group.ids for group in store.retention.groups()] == waiting
    with store.retention._database.reading() as connection:
        for table in ("event", "payload", "inbox", "word", "sending"):
            left = connection.exec_driver_sql(
                f"SELECT count(*) FROM {table} WHERE notification_id IS NOT NULL"
            )
            assert left.scalar_one() > 0
            gone = connection.exec_driver_sql(
                f"SELECT count(*) FROM {table} WHERE notification_id = {settled[0][0]}"
            )
            assert gone.scalar_one() == 0, table
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        store.retention._database.writing() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM event")


def begun(store: Store, **answers: str) -> None:
    given = {"patient.given": "Wren", "patient.family": "O'Fennimore", **answers}
    state = FormState({key.replace("__", "."): text for key, text in given.items()})
    store.drafts.save("d1", "vaccination", state, None)


def searched(store: Store) -> None:
    store.searching.save("Fennimore", Search(text="O'Fennimore"))


def doubted(store: Store, mesh_id: str = "R1") -> None:
    store.inbox.keep(InboxItem(mesh_id, ItemKind.DATA, "DIGMED_FLU_VAC_ACK", "EVIL99", b"<Response/>"))
    store.inbox.place_response(mesh_id, names(""), timedelta(days=5))


def kinds(desk: RetentionDesk) -> list[RecordKind]:
    return [one.kind for one in desk.preview().due]


@pytest.mark.parametrize(
    ("kind", "make", "last_day"),
    [
        (RecordKind.DRAFT, begun, date(2020, 10, 1)),
        (
            RecordKind.DRAFT,
            partial(begun, patient__date_of_birth="5/5/1950"),
            date(2020, 10, 1),
        ),
        (
            RecordKind.DRAFT,
            partial(begun, patient__date_of_birth="29/2/2012"),
            date(2037, 3, 1),
        ),
        (RecordKind.SAVED_SEARCH, searched, date(2013, 10, 1)),
    ],
)
def test_what_is_no_record_goes_on_the_day_after_its_period(store, desk, clock, kind, make, last_day) -> None:
    make(store)
    desk.confirm()
    clock.at = datetime.combine(last_day, time(22, 59), UTC)
    assert kinds(desk) == []
    clock.at = datetime.combine(last_day, time(23, 1), UTC)  # in winter it is the same day in England still
    assert kinds(desk) == ([kind] if last_day.month == 10 else [])
    clock.at = datetime.combine(last_day + timedelta(days=1), time(0, 1), UTC)
    due = desk.preview().due
    assert [one.kind for one in due] == [kind]
    assert desk.remove(due, WORDS) == (1, 0)
    assert store.drafts.all() == []
    assert store.searching.saved() == ()
    assert desk.preview().due == ()


def test_a_draft_that_is_changed_again_counts_from_then(store, desk, clock) -> None:
    begun(store)
    desk.confirm()
    clock.at = datetime(2020, 10, 2, 9, tzinfo=UTC)
    due = desk.preview().due
    begun(store, patient__postcode="LS1 4AQ")
    assert kinds(desk) == []
    with pytest.raises(NotAllowedNowError, match="changed"):
        desk.remove(due, WORDS)
    assert len(store.drafts.all()) == 1


@pytest.mark.parametrize("subject", [f"patient {NUMBER}", "notification 1", "batch ab-1234"])
def test_a_hold_keeps_a_draft_of_its_patient_or_batch(store, desk, clock, subject) -> None:
    not_shared(store, clock)
    begun(store, patient__nhs_number=NUMBER, vaccine__batch="AB-1234")
    held = desk.hold(HoldReason.CLAIM, "a claim", subject)
    desk.confirm()
    clock.at = datetime(2036, 1, 1, 9, tzinfo=UTC)
    assert RecordKind.DRAFT not in kinds(desk)
    desk.lift(held.id, "settled")
    assert RecordKind.DRAFT in kinds(desk)


def test_a_hold_keeps_a_draft_without_a_number_under_the_same_name(store, desk, clock) -> None:
    not_shared(store, clock)
    begun(store, patient__given="Wilhelmina")
    assert store.retention.groups()[0].name_key in {one.name_key for one in store.retention.leftovers()}
    desk.hold(HoldReason.CLAIM, "a claim", f"patient {NUMBER}")
    clock.at = datetime(2036, 1, 1, 9, tzinfo=UTC)
    assert kinds(desk) == []


def test_a_draft_that_cannot_be_read_stays(store, desk, clock) -> None:
    begun(store)
    with store.retention._database.writing() as connection:
        connection.exec_driver_sql("UPDATE draft SET answers = '{'")
    clock.at = datetime(2060, 1, 1, 9, tzinfo=UTC)
    assert desk.preview().stays == {"it cannot be read": 1}


def test_a_search_saved_before_the_day_was_noted_stays(store, desk, clock) -> None:
    searched(store)
    with store.retention._database.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE profile SET value = json_remove(value, '$.Fennimore.saved_at') WHERE json_valid(value)"
        )
    clock.at = datetime(2060, 1, 1, 9, tzinfo=UTC)
    assert desk.preview().stays == {"the start of its retention period is not known": 1}


def test_an_unmatched_reply_goes_once_somebody_has_decided_and_its_time_is_over(store, desk, clock) -> None:
    ada = store.people.add(PHARMACIST, "slow-hash")
    for mesh_id in ("R1", "R2"):
        doubted(store, mesh_id)
    desk.confirm()
    clock.at = datetime(2022, 10, 1, 9, tzinfo=UTC)
    assert desk.preview().stays == {"a reply needs action": 2}
    for mesh_id in ("R1", "R2"):
        store.replies.settle(mesh_id, ReplyAct.DEALT_WITH, ada)
    clock.at = datetime(2030, 10, 1, 22, tzinfo=UTC)
    assert kinds(desk) == []
    clock.at = datetime(2030, 10, 2, 9, tzinfo=UTC)
    seen = desk.preview()
    assert [one.kind for one in seen.due] == [RecordKind.UNMATCHED_REPLY]
    assert seen.stays == {"it has the last entry of a list that is numbered on": 1}
    assert desk.remove(seen.due, WORDS) == (1, 0)
    found = check(store)
    assert found.health is Health.GOOD
    assert "Retention removed 2 rows" in found.sentence, "the reply and the decision about it"
    with store.retention._database.reading() as connection:
        assert connection.exec_driver_sql("SELECT mesh_id FROM inbox").scalars().all() == ["R2"]


def test_the_preview_counts_what_is_no_record_and_names_nobody(store, desk, clock) -> None:
    begun(store)
    searched(store)
    clock.at = datetime(2036, 1, 1, 9, tzinfo=UTC)
    lines = "\n".join(desk.preview().lines)
    assert "Over: 1 of Form that was started and not sent" in lines
    assert "Over: 1 of Saved search" in lines
    assert "Fennimore" not in lines


def test_the_chain_stays_whole_names_what_was_removed_and_still_finds_what_nobody_sealed(
    store, desk, clock
) -> None:
    not_shared(store, clock)
    stays = not_shared(store, clock)
    desk.confirm()
    desk.hold(HoldReason.INQUIRY, "coroner", f"notification {stays}")
    desk.lift(1, "settled")
    clock.at = datetime(2030, 1, 1, 9, tzinfo=UTC)
    desk.remove([one for one in desk.preview().due if stays not in one.ids], WORDS)
    told = [(row.source, row.by) for row in store.audit.rows() if row.source in ("retention", "removed")]
    assert told == [("retention", ADA), *[("removed", ADA)] * 3, *[("retention", ADA)] * 3]
    notes = [line_of(row).note for row in store.audit.rows() if row.source == "retention"]
    assert notes == [
        "records: removed 1",
        "hold 1: lifted, inquiry",
        "hold 1: placed, inquiry",
        "table: confirmed",
    ]
    found = check(store)
    assert found.health is Health.GOOD
    assert "Retention removed 3 rows" in found.sentence
    with store.retention._database._writers.begin() as connection:  # past the sealer, as with the key known
        connection.exec_driver_sql(
            "INSERT INTO event (notification_id, at, happening, state, by_name, code, note) "
            f"VALUES ({stays}, '2030-01-01T00:00:00.000000Z', 'noted', 'kept-here', '', '', '')"
        )
    assert "added without being sealed" in " ".join(store.chain.verify().faults)


def test_whatever_names_a_record_goes_with_it() -> None:
    """A table that is added later and refers to a record would keep it for ever."""
    from digmed_desktop.history import retention as room
    from digmed_desktop.history.tables import metadata

    refers = {
        table.name
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in {"notification", "inbox", "owed"}
    }
    assert refers - {"notification", "register"} == {name for name, _which, _times in room.STEPS}


def test_a_sample_of_ten_years_keeps_to_the_table_on_every_boundary_day(tmp_path: Path) -> None:
    found = long_check.run(Size(30), tmp_path)
    assert found.broken == ()
    assert int(found.figures["removed"]) > 5


DAMAGED: list[Any] = [
    7,
    None,
    [],
    {},
    "x",
    {"reason": "nothing such"},
    {"placed_at": "yesterday"},
    {"placed_at": None},
    {"nhs_number": 5},
    {"nhs_number": ""},
    {"id": "one"},
    {"id": 0},
    {"notification": "first"},
]


def damage(store: Store, which: str, place: int, how: Any) -> None:
    state = store.retention.state()
    entry = state[which][place]
    state[which][place] = {**entry, **how} if isinstance(how, dict) and how else how
    store.retention.keep(state)


@pytest.mark.parametrize("how", DAMAGED)
def test_a_damaged_hold_holds_everything_and_costs_itself_only(store, desk, clock, how) -> None:
    not_shared(store, clock)
    begun(store)
    store.patients.remember(family="Vale", given="W", nhs_number="", born=None, answers={})
    desk.hold(HoldReason.CLAIM, "a claim", f"patient {NUMBER}")
    desk.hold(HoldReason.COMPLAINT, "a letter", "batch NOPE")
    damage(store, "holds", 0, how)
    desk.confirm()
    clock.at = datetime(2060, 1, 1, 9, tzinfo=UTC)
    assert set(desk.preview().stays) == {"a hold cannot be read"}
    assert desk.remove((), WORDS) == (0, 0)
    damaged, other = desk.holds()
    assert (damaged.is_unreadable, other.batch) == (True, "NOPE")
    assert "protects every record" in held(damaged)
    again = desk.hold(HoldReason.CLAIM, "a claim", f"patient {NUMBER}")
    assert len({damaged.id, other.id, again.id}) == 3
    assert damaged.id > 0
    desk.lift(desk.holds()[0].id, "placed anew")
    assert [one.id for one in desk.holds()] == [other.id, again.id]
    assert [(one.is_unreadable, one.lifted_why) for one in desk.lifted()] == [(True, "placed anew")]
    assert desk.preview().stays == {"on hold": 1}
    assert len(desk.preview().due) == 1, "the form of someone else"


@pytest.mark.parametrize("how", DAMAGED)
def test_a_damaged_entry_of_a_lifted_hold_costs_itself_only(store, desk, clock, how) -> None:
    not_shared(store, clock)
    for _ in range(2):
        desk.lift(desk.hold(HoldReason.CLAIM, "a claim", "notification 1").id, "settled")
    damage(store, "lifted", 0, how)
    assert desk.view().lifted[-1].lifted_why == "settled"
    desk.confirm()
    clock.at = datetime(2026, 1, 1, 9, tzinfo=UTC)
    assert desk.remove(desk.preview().due, WORDS) == (1, 0)


@pytest.mark.parametrize("damaged", [7, "x", {}, {"by": 5}])
def test_where_holds_or_the_confirmation_cannot_be_read_nothing_is_removed(
    store, desk, clock, damaged
) -> None:
    not_shared(store, clock)
    desk.confirm()
    clock.at = datetime(2026, 1, 1, 9, tzinfo=UTC)
    (due,) = desk.preview().due
    store.retention.keep({"confirmed": damaged, "last_hold": damaged})
    assert desk.confirmed() is None
    with pytest.raises(NotAllowedNowError, match="No manager has confirmed"):
        desk.remove([due], WORDS)
    store.retention.keep({"holds": damaged})
    assert desk.preview().due == ()
    (hold,) = desk.holds()
    desk.lift(hold.id, "not to be read")
    assert desk.hold(HoldReason.CLAIM, "a claim", "batch B1").id > 0
