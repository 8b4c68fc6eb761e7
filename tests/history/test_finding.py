"""Whichever index is walked and whatever is looked at first, a search finds the same rows in the same order."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count, product
from typing import Any

import pytest

from digmed_desktop.history import finding, statements
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.searching import NoLongerWantedError, Search, Sort
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.story import NotificationRow
from tests.history.samples import PHARMACIST, START, MovedClock, facts, local_id, message, token
from tests.long.registry import sized

NAMES = ("SMITH, Mary", "SMITHSON, John", "KHAN, Rose", "ZĄBEK, Róża", "KHAN, Smita")
BATCHES = ("B0001", "B0002", "C1", "B0001, C1")
WHATS = ("Influenza vaccine", "Fluenz nasal spray", "Smallpox vaccine")
DAY = START.date()
TEXTS = ("", "s", "smi", "khan", "b0", "b0001", "khan r", "9", "overtown", "x", "vaccine")
FILTERS: tuple[dict[str, Any], ...] = (
    {},
    {"states": frozenset({State.WAITING, State.CANCELLED})},
    {"states": frozenset({State.CANCELLED})},
    {"kinds": frozenset({Kind.EMERGENCY_SUPPLY})},
    {"what": WHATS[1]},
    {"since": DAY + timedelta(days=2), "until": DAY + timedelta(days=5)},
    {"until": DAY + timedelta(days=9), "what": WHATS[0], "states": frozenset({State.WAITING})},
    {"only_needing": True},
)
SAMPLE = 60
LIMITS: tuple[dict[str, float], ...] = (
    {},
    {"_FEW": 3, "_FEWEST": 0, "_MANY_OF_A_NAME": 3},  # nothing is few: everything is walked
    {
        "_FEW": 3,
        "_STEPS": 0,
        "_STEPS_APART": 0,
        "EVERY": 1,
    },  # each walk is broken off, and the words are looked up
    {
        "_FEW": 3,
        "_STEPS": 0,
        "_FIRST_STEPS": 0,
        "_STEPS_APART": 0,
        "EVERY": 1,
        "_SOME": 2,
        "_MANY": 2,
        "_SOME_MORE": 5,
    },
)


@pytest.fixture
def filled(store: Store) -> Store:
    for n in range(24):
        one = replace(
            facts(n, NAMES[n % 5]),
            nhs_number=f"99900000{n:02}",
            batch=BATCHES[n % 4],
            what=WHATS[n % 3],
            kind=Kind.EMERGENCY_SUPPLY if n % 7 == 0 else Kind.VACCINATION,
            practice_name=("Overtown Surgery", "Ashton Surgery")[n % 2],
            by=("Ms Ada Okonkwo-Bright", "Mr John Quist")[n % 3 == 0],
            contact_at=START + timedelta(days=n * 5 % 12, minutes=n),
        )
        store.notifications.freeze(None, "{}", one, message(), local_id(), None, token=token())
    ada = store.people.add(PHARMACIST, "x")
    for number in (3, 8, 9, 20):
        store.notifications.cancel(number, ada, "test")
    with store.searching._database.writing() as connection:
        connection.exec_driver_sql("UPDATE notification SET need = 2 WHERE id IN (4, 11, 17)")
    return store


def searches() -> Iterator[Search]:
    for text, filters, sort, down in product(TEXTS, FILTERS, Sort, (True, False)):
        yield Search(text=text, sort=sort, descending=down, **filters)


@pytest.mark.parametrize("limits", LIMITS)
def test_each_way_finds_what_reading_every_row_finds(
    filled: Store, limits: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(statements if name == "EVERY" else finding, name, value)
    rows = filled.notifications.page(limit=100)
    words = finds_by_hand(filled)
    for search in random.Random(7).sample(list(searches()), sized(len(list(searches())), SAMPLE)):
        wanted = [row for row in rows if words[row.id, search.text] and fits(row, search)]
        wanted.sort(key=lambda row, by=search.sort: (key(row, by), row.id), reverse=search.descending)
        found = filled.searching.page(search, limit=100)
        assert [row.id for row in found] == [row.id for row in wanted], search
        assert filled.searching.count(search) == len(wanted), search
        assert filled.searching.count(search, 2) == min(len(wanted), 2), search
        if len(wanted) > 2:
            assert filled.searching.page(search, found[1], limit=2) == found[2:4], search


def finds_by_hand(store: Store) -> dict[tuple[int, str], bool]:
    with store.searching._database.reading() as connection:
        words = connection.exec_driver_sql("SELECT notification_id, word FROM word").all()
        named = connection.exec_driver_sql(
            "SELECT notification.id, search_key FROM notification JOIN named "
            "ON name IN (practice_name, by_name, what)"
        ).all()
    own: dict[int, list[str]] = {}
    for number, word in words:
        own.setdefault(number, []).append(word)
    return {
        (number, text): all(any(word.startswith(one) for word in having) for one in text.split())
        or any(all(f" {one}" in name for one in text.split()) for of, name in named if of == number)
        for number, having in own.items()
        for text in TEXTS
    }


def fits(row: NotificationRow, search: Search) -> bool:
    return (
        (not search.states or row.state in search.states)
        and (not search.kinds or row.kind in search.kinds)
        and (not search.what or row.what == search.what)
        and (search.since is None or row.contact_at.date() >= search.since)
        and (search.until is None or row.contact_at.date() <= search.until)
        and (not search.only_needing or row.needs_person)
    )


def key(row: NotificationRow, by: Sort) -> Any:
    return {
        Sort.RECORDED: row.id,
        Sort.CONTACT: row.contact_at,
        Sort.PATIENT: row.patient_name.casefold().replace(",", "").replace("ą", "a").replace("ó", "o"),
        Sort.WHAT: row.what,
        Sort.PRACTICE: row.practice_name,
        Sort.STATE: row.state.value,
        Sort.BY: row.by,
    }[by]


@pytest.mark.parametrize("sort", Sort)
def test_pages_have_no_gaps_and_no_doubles_while_rows_come_in(filled: Store, sort: Sort) -> None:
    search = Search(text="s", sort=sort)
    before = {row.id for row in filled.searching.page(search)}
    seen: list[NotificationRow] = []
    numbers = count(50)
    while page := filled.searching.page(search, seen[-1] if seen else None, limit=4):
        seen += page
        if len(numbers_seen := [row.id for row in seen]) < 15:
            one = replace(facts(next(numbers), "SMITH, New"), contact_at=START + timedelta(days=20))
            filled.notifications.freeze(None, "{}", one, message(), local_id(), None, token=token())
    numbers_seen = [row.id for row in seen]
    assert len(numbers_seen) == len(set(numbers_seen))
    assert before <= set(numbers_seen)


def test_a_search_that_is_no_longer_wanted_ends(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "EVERY", 1)
    for after in (0, 1, 5, 40):
        asked = count()
        with pytest.raises(NoLongerWantedError):
            filled.searching.page(
                Search(text="s"), is_wanted=lambda after=after, asked=asked: next(asked) < after
            )
    assert len(filled.searching.page(Search(text="s"))) > 3  # the connection is as good as before


def test_a_count_of_all_is_not_cut(filled: Store, clock: MovedClock) -> None:
    assert filled.searching.count(Search()) == 24
    assert filled.searching.count(Search(), 10) == 10
