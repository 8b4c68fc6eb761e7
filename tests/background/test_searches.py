"""Searching the list holds up nothing else, and of several searches only the newest is answered."""

import threading
from typing import Any, cast

import pytest
from pytestqt.qtbot import QtBot

from digmed_desktop.background.office import Office
from digmed_desktop.desk.desk import Desk


@pytest.fixture
def office(qtbot: QtBot) -> Any:
    made = Office(lambda: cast("Desk", object()), 60.0)
    made._desk = cast("Desk", object())
    yield made
    made.close()


def test_a_question_is_answered_while_a_search_goes_on(office: Office, qtbot: QtBot) -> None:
    goes_on, begun = threading.Event(), threading.Event()
    found: list[str] = []

    def slow(_desk: Desk, _is_wanted: object) -> str:
        begun.set()
        assert goes_on.wait(60)
        return "rows"

    office.search(slow, found.append)
    qtbot.waitUntil(begun.is_set, timeout=60_000)
    answered: list[int] = []
    office.ask(lambda _desk: 1, answered.append)
    qtbot.waitUntil(lambda: bool(answered), timeout=60_000)
    assert found == []
    goes_on.set()
    qtbot.waitUntil(lambda: bool(found), timeout=60_000)


def test_an_older_search_is_given_up_and_never_shown(office: Office, qtbot: QtBot) -> None:
    begun, given_up = threading.Event(), threading.Event()
    found: list[str] = []

    def older(_desk: Desk, is_wanted: Any) -> str:
        begun.set()
        while is_wanted():
            threading.Event().wait(0.001)
        given_up.set()
        return "older rows"

    office.search(older, found.append)
    qtbot.waitUntil(begun.is_set, timeout=60_000)
    office.search(lambda _desk, _is_wanted: "never begun", found.append)
    office.search(lambda _desk, _is_wanted: "newest", found.append)
    qtbot.waitUntil(lambda: bool(found), timeout=60_000)
    assert given_up.is_set()
    assert found == ["newest"]
    assert not office.slowness._asked  # what was given up is not waited for
