"""Finding notifications: by word, filter, date; in any order, page by page, without losing or repeating one."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digmed_desktop.history.store import Store
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.figures import WEEKS, YEAR
from digmed_desktop.messaging.searching import Search, Sort
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.story import NotificationRow
from tests.history.samples import PHARMACIST, START, MovedClock, facts, local_id, message, token

PEOPLE = (
    ("O'FENNIMORE, Wilhelmina (Mrs)", "9991234553", "B0001", "Test Meadows Surgery", "Y99901"),
    ("ZĄBEK, Róża", "9990000018", "b-17/2", "Overtown Surgery", "Y99902"),
    ("MEADOWS-QUILL, Ada", "9990123020", "LOT9", "Overtown Surgery", "Y99902"),
    ("O'FENNIMORE, Bo", "9990000026", "B0001, LOT9", "Test Meadows Surgery", "Y99901"),
)


@pytest.fixture
def found(store: Store, clock: MovedClock) -> Store:
    for n, (name, number, batch, practice, code) in enumerate(PEOPLE):
        one = replace(
            facts(n, name),
            nhs_number=number,
            batch=batch,
            practice_name=practice,
            practice_ods=code,
            by=("Ms Ada Okonkwo-Bright", "Mr Bernard Quist")[n % 2],
            what=("Influenza vaccine", "Fluenz nasal spray")[n // 2],
            contact_at=START + timedelta(days=n),
        )
        store.notifications.freeze(None, "{}", one, message(), local_id(), None, token=token())
    return store


def ids(store: Store, search: Search, limit: int = 100) -> list[int]:
    return [row.id for row in store.searching.page(search, limit=limit)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("o'fenn", [4, 1]),
        ("OFENNIMORE wil", [1]),
        ("wilhelmina", [1]),
        ("zabek", [2]),
        ("Ząbek Róża", [2]),
        ("999 123", [1]),
        ("999-123-4553", [1]),
        ("b0001", [4, 1]),
        ("lot9", [4, 3]),
        ("overtown", [3, 2]),
        ("Y99902", [3, 2]),
        ("meadows", [4, 3, 1]),  # a practice, and a family name
        ("quist", [4, 2]),
        ("fluenz", [4, 3]),
        ("  ", [4, 3, 2, 1]),
        ("nobody", []),
        ("%", []),
        ("_", []),
        ("'", []),
        ("'; DROP TABLE notification; --", []),
        ("\U0001f489", []),
        ("b0001%", [4, 1]),
        ("\x00", []),
    ],
)
def test_words_are_found_wherever_they_stand(found: Store, text: str, expected: list[int]) -> None:
    assert ids(found, Search(text=text)) == expected


def test_filters_and_text_together(found: Store) -> None:
    found.notifications.cancel(4, found.people.add(PHARMACIST, "x"), "test")
    assert ids(found, Search(text="o'fen", states=frozenset({State.WAITING}))) == [1]
    assert ids(found, Search(states=frozenset({State.CANCELLED, State.SENT}))) == [4]
    assert ids(found, Search(kinds=frozenset({Kind.EMERGENCY_SUPPLY}))) == []
    assert ids(found, Search(what="Fluenz nasal spray")) == [4, 3]
    day = START.date()
    assert ids(found, Search(since=day + timedelta(days=1), until=day + timedelta(days=2))) == [3, 2]
    assert ids(found, Search(since=day, until=day)) == [1]
    assert ids(found, Search(only_needing=True)) == []


def test_what_cannot_be_searched_is_a_sentence(found: Store) -> None:
    with pytest.raises(DigMedError, match=r"10,000 characters\. Type at most 100"):
        found.searching.page(Search(text="x" * 10_000))
    with pytest.raises(DigMedError, match="first date is after the last one"):
        found.searching.page(Search(since=date(2026, 11, 2), until=date(2026, 11, 1)))


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("text", ["", "o", "meadows"])
def test_pages_join_to_the_whole_in_order(found: Store, sort: Sort, descending: bool, text: str) -> None:
    search = Search(text=text, sort=sort, descending=descending)
    whole = found.searching.page(search)
    assert len(whole) == {"": 4, "o": 4, "meadows": 3}[text]
    paged: list[NotificationRow] = []
    while page := found.searching.page(search, paged[-1] if paged else None, limit=1):
        paged += page
    assert paged == whole
    keys: Any = {
        Sort.CONTACT: [r.contact_at for r in whole],
        Sort.PATIENT: [r.patient_name.replace("'", "").replace("Ą", "A") for r in whole],
        Sort.PRACTICE: [r.practice_name for r in whole],
        Sort.WHAT: [r.what for r in whole],
        Sort.BY: [r.by for r in whole],
    }.get(sort)
    if keys is not None:
        assert keys == sorted(keys, reverse=descending)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=100))
def test_whatever_is_typed_is_answered(found: Store, text: str) -> None:
    assert len(found.searching.page(Search(text=text))) <= 4


def test_saved_searches_come_back_as_they_were(found: Store) -> None:
    search = Search(
        text="o'f",
        states=frozenset({State.MATCHED, State.REJECTED}),
        kinds=frozenset({Kind.VACCINATION}),
        since=date(2026, 11, 1),
        sort=Sort.PATIENT,
        descending=False,
    )
    found.searching.save("  Rejected   flu ", search)
    assert [(one.name, one.search) for one in found.searching.saved()] == [("Rejected flu", search)]
    found.searching.forget("Rejected flu")
    assert found.searching.saved() == ()
    with pytest.raises(DigMedError, match="at most 40"):
        found.searching.save("", search)


def test_the_lists_of_the_filters(found: Store) -> None:
    lists = found.searching.lists()
    assert lists.whats == ("Fluenz nasal spray", "Influenza vaccine")
    assert lists.practices == ("Overtown Surgery", "Test Meadows Surgery")
    assert lists.people == ("Mr Bernard Quist", "Ms Ada Okonkwo-Bright")


def test_figures_of_an_empty_history(store: Store) -> None:
    shown = store.figures.today(START)
    assert (shown.needing_count, shown.days, shown.doses) == (0, (), ())
    assert {week.count for week in shown.weeks} == {0}
    assert store.searching.page(Search(sort=Sort.STATE, what="Influenza vaccine")) == []


def test_figures_of_today(found: Store, clock: MovedClock) -> None:
    clock.at = START + timedelta(days=3, hours=1)
    shown = found.figures.today(START)
    assert [row.id for row in shown.due] == [1, 2, 3, 4]
    assert (shown.due_count, shown.needing_count, shown.waiting_count, shown.back_count) == (4, 0, 4, 0)
    assert {(d.what, d.batch, d.count) for d in shown.doses} == {
        ("Influenza vaccine", "B0001", 1),
        ("Influenza vaccine", "b-17/2", 1),
        ("Fluenz nasal spray", "LOT9", 1),
        ("Fluenz nasal spray", "B0001, LOT9", 1),
    }
    assert next((d.day, d.state, d.count) for d in shown.days) == (START.date(), State.WAITING, 1)
    assert sum(s.count for s in shown.spans) == 0
    assert shown.half_within is None
    assert len(shown.weeks) == WEEKS
    assert sum(week.count for week in shown.weeks[-2:]) == 4
    clock.at += YEAR
    a_year_on = found.figures.today(START).weeks
    assert [(week.count, week.before) for week in a_year_on] == [(0, week.count) for week in shown.weeks]
    end = found.figures.day_end(START.date())
    assert end.by_state == ((Kind.VACCINATION, State.WAITING, 1),)
    assert end.by_person == (("Ms Ada Okonkwo-Bright", 1),)
    assert [row.id for row in end.open] == [1]
