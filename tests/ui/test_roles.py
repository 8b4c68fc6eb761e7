"""Nothing that can be pressed is refused: every role, on every page, presses whatever it is offered."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QFileDialog,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from shiboken6 import isValid

from digmed_desktop.clinical.record import PersonName, Professional, Regulator
from digmed_desktop.desk.desk import Desk
from digmed_desktop.desk.gate import Gate, NotPermittedError, acting
from digmed_desktop.desk.views.general import PersonView
from digmed_desktop.history import refusals
from digmed_desktop.messaging.people import Access, Why
from digmed_desktop.messaging.permissions import Permission, WorkRole
from digmed_desktop.reference import roles
from digmed_desktop.ui import files, printing
from digmed_desktop.ui.pages.page import ColumnPage
from digmed_desktop.ui.pages.registry import FORMS, PLACES
from digmed_desktop.ui.pages.settings.sections import SECTIONS
from digmed_desktop.ui.who_may import WhoMay
from digmed_desktop.ui.widgets.confirmed import ConfirmedButton
from tests.clinical import supply_examples
from tests.clinical.examples import FLU, complete_answers
from tests.desk.test_permissions import PROFESSIONS
from tests.long.registry import sized
from tests.ui.conftest import NOW, Bench
from tests.ui.test_register_page import TODAY, supplied
from tests.ui.test_replies import ask, came, sent
from tests.ui.test_sweep import go_settings

OTHERS: list[WorkRole] = [role for role in WorkRole if role is not WorkRole.MANAGER]
ROLES = OTHERS if sized(len(OTHERS), 1) > 1 else [WorkRole.ASSISTANT]
MOST_PRESSES = 40
LEAST = 30
"""Fewer presses than a role with the fewest rights has on all pages together."""
BATCH = {
    "stock.product": f"{FLU.id}|tivc",
    "stock.number": "AB-1234",
    "stock.expiry": "30/6/2027",
    "stock.use_before": "",
}
PGD = {
    "pgd.name": "Influenza",
    "pgd.version": "1",
    "pgd.programme": FLU.id,
    "pgd.valid_from": "1/9/2026",
    "pgd.valid_to": "31/3/2027",
}


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Permission]:
    """What the gate refused to whoever pressed something; a page that asks whether it may is refused nothing."""
    found: list[Permission] = []
    asking: list[Permission] = []
    allow, refusal = Gate.allow, Gate.refusal

    def noting(gate: Gate, permission: Permission, by: int | None = None) -> Any:
        try:
            return allow(gate, permission, by)
        except NotPermittedError:
            if not asking:
                found.append(permission)
            raise

    def asked(gate: Gate, permission: Permission, by: int | None = None) -> str:
        asking.append(permission)
        try:
            return refusal(gate, permission, by)
        finally:
            asking.pop()

    monkeypatch.setattr(Gate, "allow", noting)
    monkeypatch.setattr(Gate, "refusal", asked)
    monkeypatch.setattr(ConfirmedButton, "READ_S", 0.0)
    monkeypatch.setattr(files, "ask_where", lambda _p, _t, name, _k: tmp_path / name)
    monkeypatch.setattr(files, "ask_which", lambda *_a: tmp_path / "none")
    monkeypatch.setattr(files, "ask_folder", lambda *_a: tmp_path)
    monkeypatch.setattr(printing, "print_on_paper", lambda *_a: None)
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_a, **_k: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: "")
    return found


def furnish(bench: Bench) -> int:
    """Let there be something to press on every page; return a notification."""
    supplied(bench, supply_examples.complete_answers() | TODAY)
    bench.form.fill(complete_answers())
    bench.form.next_patient()

    def made(desk: Desk) -> int:
        store = desk._store
        desk.stock.add(BATCH, 1)
        desk.pgds.switch(1, on=True)
        desk.pgds.enter(PGD, 1)
        named = store.notifications.story(sent(desk)).message_id
        came(desk, "30001", named, "EVIL99")
        with store.deliveries._database.writing() as connection:
            refusals.note(connection, NOW, 1, "20003")
        for role in OTHERS:
            profession = roles.role(PROFESSIONS[role]).coded
            who = Professional(PersonName(role.value.title(), "Vale"), profession, Regulator.NONE, "")
            locum = Access(until=NOW.date() + timedelta(days=9)) if role is WorkRole.LOCUM else None
            store.people.add(who, "slow-hash", locum)
        return 1

    return int(ask(bench, made))


def signed_in(bench: Bench, role: WorkRole) -> PersonView:
    number = 2 + OTHERS.index(role)

    def view(desk: Desk) -> PersonView:
        with acting(number):
            return desk.people.signed_in()

    person = ask(bench, view)
    assert isinstance(person, PersonView)
    bench.window.signing_in.let_in(person)
    bench.idle()
    return person


def stops(bench: Bench, notification: int) -> Iterator[tuple[str, Callable[[], None]]]:
    for place in PLACES:
        if place.key == "settings":
            for section in SECTIONS:
                yield section.title, lambda key=section.key: go_settings(bench, key)
        elif place.key not in FORMS.values() and not place.only_in_practice_mode:
            yield place.title, lambda key=place.key: bench.window.go(key)
    yield "Notification", lambda: bench.window.context.navigate.to_notification.emit(notification)


def arrive(bench: Bench, go: Callable[[], None]) -> QWidget:
    go()
    for _ in range(3):  # what is shown may lead to another question
        bench.idle()
    page = bench.window.pages.currentWidget()
    assert page is not None
    return page


def fill(page: QWidget) -> None:
    for line in page.findChildren(QLineEdit):
        if line.isVisible() and line.isEnabled() and not line.isReadOnly() and not line.text():
            line.setText("1 2 3 reasons")
    for lines in page.findChildren(QPlainTextEdit):
        if lines.isVisible() and lines.isEnabled() and not lines.isReadOnly() and not lines.toPlainText():
            lines.setPlainText("A reason.")


def can_be_pressed(page: QWidget) -> list[QAbstractButton]:
    return [
        one
        for one in page.findChildren(QAbstractButton)
        if one.isVisible() and one.isEnabled() and not (isinstance(one, QPushButton) and one.menu())
    ]


def menus(page: QWidget) -> list[QMenu]:
    opened = [one.menu() for one in page.findChildren(QPushButton) if one.isVisible() and one.menu()]
    for menu in opened:
        menu.aboutToShow.emit()
    return opened


def press_all(bench: Bench, go: Callable[[], None], settle: Callable[[], None]) -> int:
    """Press once whatever a page offers, answer its questions, and choose what is in its menus."""
    done: set[str] = set()
    page = arrive(bench, go)
    for _ in range(MOST_PRESSES):
        if bench.window.pages.currentWidget() is not page:
            page = arrive(bench, go)
        fill(page)
        left = [one for one in can_be_pressed(page) if f"{one.accessibleName()} {one.text()}" not in done]
        if not left:
            break
        done.add(f"{left[0].accessibleName()} {left[0].text()}")
        left[0].click()
        settle()
    if isinstance(shown := getattr(page, "stack", None), QWidget):
        page = shown.currentWidget()  # type: ignore[attr-defined]
    for field in page.fields.values() if isinstance(page, ColumnPage) else ():
        if field.isVisible() and field.isEnabled():
            field.editor.edited.emit()
    settle()
    for menu in menus(page):
        tried: set[str] = set()
        while (action := next_in(menu, tried)) is not None:  # what is chosen may fill the menu anew
            tried.add(action.text())
            action.trigger()
            settle()
        done |= tried
    return len(done)


def next_in(menu: QMenu, tried: set[str]) -> QAction | None:
    """Return the next entry of a menu that was not chosen yet, None where there is none or the menu has gone."""
    for action in menu.actions() if isValid(menu) else ():
        offered = action.isVisible() and action.isEnabled() and not action.isSeparator()
        if offered and action.text() not in tried:
            return action
    return None


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_nothing_that_a_role_can_press_is_refused(
    bench: Bench, refused: list[Permission], role: WorkRole
) -> None:
    notification = furnish(bench)
    signed_in(bench, role)
    faults, pressed = [], 0

    def settle() -> None:
        bench.idle()
        bench.failures.clear()  # a file that is none, a number that is none: no matter here

    for name, go in stops(bench, notification):
        refused.clear()
        pressed += press_all(bench, go, settle)
        faults += [f"{name}: {permission}" for permission in dict.fromkeys(refused)]
    assert faults == []
    assert pressed > LEAST


@pytest.mark.slow
def test_a_manager_is_offered_everything_and_told_of_nobody_else(
    bench: Bench, refused: list[Permission]
) -> None:
    notification = furnish(bench)
    for name, go in stops(bench, notification):
        page = arrive(bench, go)
        assert not [one for one in page.findChildren(WhoMay) if one.isVisible()], name
    assert refused == []


def test_a_page_follows_who_signs_in_and_what_a_manager_lets_them_do(bench: Bench) -> None:
    acts = bench.window.context.acting
    shown = bench.window.page("stock")
    bench.window.go("stock")
    said = [one for one in shown.findChildren(WhoMay) if one.isVisible()]
    assert said == []
    furnish(bench)
    nurse = signed_in(bench, WorkRole.NURSE)
    bench.window.go("stock")
    bench.idle()
    said = [one for one in shown.findChildren(WhoMay) if one.isVisible()]
    assert [one.body.text() for one in said] == [acts.refusal(Permission.HOLD_BATCH)]
    assert "Ask one of these to sign in" in said[0].body.text()
    assert not [one for one in can_be_pressed(shown) if one.text().startswith("Hold")]
    ask(bench, lambda desk: desk._store.people.give(nurse.id, Access(manager=True), Why.CHANGED, 1))
    bench.window.signing_in.people_changed(ask(bench, lambda desk: desk.opened()))
    bench.until(lambda: not acts.refusal(Permission.CHANGE_PEOPLE))


def test_the_lists_are_still_offered_by_role_after_another_page_emptied(
    bench: Bench, refused: list[Permission]
) -> None:
    furnish(bench)
    signed_in(bench, WorkRole.ASSISTANT)
    bench.window.page("sent")
    drafts = arrive(bench, lambda: bench.window.go("drafts"))
    for _ in range(2):  # the second press means it
        next(one for one in can_be_pressed(drafts) if one.text().startswith("Discard")).click()
        bench.idle()
    page = arrive(bench, lambda: bench.window.go("sent"))
    offered = [one.text() for menu in menus(page) for one in menu.actions() if one.isVisible()]
    assert "Say who may make the other lists" in offered
    assert not [text for text in offered if "CSV" in text or "day" in text]
