"""Every page of the window, those of the rail and of the settings by themselves: names, order of Tab, keys, room.

A page that is added to ``PLACES`` or ``SECTIONS`` is swept without a change here; its order of Tab then belongs in
``tests/golden/tab-order.txt`` (written anew with ``pytest --new-golden``, and read before it is kept).
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)

from digmed_desktop import app, resources
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.desk import Desk
from digmed_desktop.settings import folders
from digmed_desktop.tour.player import pause
from digmed_desktop.ui.pages.base import Page
from digmed_desktop.ui.pages.practice_mode import PracticePage
from digmed_desktop.ui.pages.registry import PLACES
from digmed_desktop.ui.pages.settings.page import SettingsPage
from digmed_desktop.ui.pages.settings.sections import SECTIONS
from tests.clinical.examples import FLU, complete_answers
from tests.golden_files import kept
from tests.ui.conftest import FIRST_RUN, Bench
from tests.ui.keys_in_view import key_faults
from tests.ui.test_look import clipped


def go_settings(bench: Bench, key: str) -> None:
    bench.window.go("settings")
    page = bench.window.page("settings")
    assert isinstance(page, SettingsPage)
    page.section(key)


def go_problems(bench: Bench) -> None:
    bench.window.go("vaccinate")
    bench.form.form.tell_all()


def go_batches(bench: Bench) -> None:
    """Show the form with batches of the stock to choose from."""
    answers = {
        "stock.product": f"{FLU.id}|tivc",
        "stock.number": "AB-1234",
        "stock.expiry": "30/6/2027",
        "stock.use_before": "20/10/2026",
    }
    bench.office.ask(lambda desk: desk.stock.add(answers, 1), lambda _n: None)
    bench.idle()
    bench.window.go("vaccinate")
    bench.idle()
    bench.form.focus_field("vaccine.batch")
    bench.until(lambda: bench.form.batches is not None and bench.form.batches.isVisible())


def go_check(bench: Bench) -> None:
    bench.window.go("vaccinate")
    bench.form.fill(complete_answers())
    bench.form.next_patient()
    bench.form.fill(complete_answers())
    bench.form.check_now()
    bench.until(bench.window.check.isVisible)
    bench.window.check.confirming.setFocus()


def go_story(bench: Bench) -> None:
    go_check(bench)
    check = bench.window.check
    while check.to_confirm:
        bench.window.check.arrive()
        bench.key(Qt.Key.Key_Return)
    bench.key(Qt.Key.Key_F12)
    bench.open_sent()


def go_to_sign(bench: Bench) -> None:
    """Show a record that waits for the signature of a colleague."""
    ben = {**FIRST_RUN, "person.given": "Ben", "person.pin": "614283", "person.pin_again": "614283"}
    state = FormState(complete_answers(**{"session.vaccinator": "2", "patient.given": "Violet"}))

    def record(desk: Desk) -> None:
        desk.people.add(ben)
        doubts = (p for p in desk.preview("vaccination", state).problems if p.needs_reason)
        reasons = {doubt.reason_key: "It is a test" for doubt in doubts}
        assert desk.send("vaccination", "to-sign", replace(state, reasons=reasons), 1).notification

    bench.office.ask(record, lambda _n: None)
    bench.idle()
    bench.window.go("sign")


def go_practice_mode(bench: Bench) -> None:
    """Show practice mode's page as it is, over the fictional world, with no MESH under it."""
    context = bench.window.context
    context.practice = app._controls(app.PracticePart(folders.prepare(practice=True), answer_after=None))
    page = PracticePage(context)
    context.practice = None  # the frame stays that of the pharmacy
    bench.window.pages.addWidget(page)
    bench.window.show_page(page)
    page.arrive()


def pages(bench: Bench) -> Iterator[tuple[str, Callable[[], None]]]:
    for place in PLACES:
        if place.only_in_practice_mode and bench.window.context.practice is None:
            continue
        if place.key == "settings":
            for section in SECTIONS:
                yield f"settings-{section.key}", partial(go_settings, bench, section.key)
            continue
        yield place.key, partial(bench.window.go, place.key)
    yield "form-with-problems", partial(go_problems, bench)
    yield "form-with-batches", partial(go_batches, bench)
    yield "check", partial(go_check, bench)
    yield "notification", partial(go_story, bench)
    yield "practice-mode", partial(go_practice_mode, bench)
    yield "to-sign", partial(go_to_sign, bench)
    yield "help", bench.window.open_help
    yield "sign-in", bench.window.lock


def visit_all(bench: Bench) -> Iterator[str]:
    for name, go in pages(bench):
        go()
        for _ in range(3):  # what is shown may lead to another question
            bench.idle()
        pause(60)
        yield name


def content(bench: Bench) -> QWidget:
    page = bench.window.pages.currentWidget()
    assert page is not None
    return page


def takes_focus(widget: QWidget) -> bool:
    return bool(
        widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ) and not (isinstance(widget, QScrollArea) or widget.focusProxy() is not None)


def name_of(widget: QWidget) -> str:
    face = QAccessible.queryAccessibleInterface(widget)
    return face.text(QAccessible.Text.Name) if face is not None else ""


def in_tab_order(page: QWidget) -> list[QWidget]:
    found: list[QWidget] = []
    widget: Any = page.window().nextInFocusChain()
    while widget is not page.window():
        if page.isAncestorOf(widget) and takes_focus(widget):
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def in_reading_order(page: QWidget, widgets: list[QWidget]) -> list[str]:
    """Names of widgets that Tab reaches before one that stands above them in the same column."""
    wrong = []
    for first, then in pairwise(widgets):
        if _scrolled(first) is not _scrolled(then):
            continue  # another pane: beside it or below
        one, two = (w.mapTo(page, w.rect().topLeft()) for w in (first, then))
        above = two.y() + then.height() <= one.y()
        same_column = two.x() < one.x() + first.width() and one.x() < two.x() + then.width()
        if above and same_column:
            wrong.append(f"{name_of(first)!r} comes before {name_of(then)!r}, which stands above it")
    return wrong


def _scrolled(widget: QWidget) -> QWidget | None:
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QAbstractScrollArea):
        parent = parent.parentWidget()
    return parent


def mnemonics_of(page: QWidget) -> list[str]:
    texts = [w.text() for w in page.findChildren(QAbstractButton) if w.isVisible()]
    texts += [w.text() for w in page.findChildren(QLabel) if w.isVisible() and w.buddy() is not None]
    return [
        QKeySequence.mnemonic(text).toString() for text in texts if not QKeySequence.mnemonic(text).isEmpty()
    ]


def twice(things: list[str]) -> list[str]:
    return sorted({one for one in things if things.count(one) > 1})


def stable(name: str) -> str:
    """A name without what changes from run to run."""
    return re.sub(r"\d{1,2} \w{3} \d{4}( \d\d:\d\d)?|\b[0-9a-f]{8,}\b", "…", name)


def faults_of(name: str, page: QWidget) -> list[str]:
    everything = [*in_tab_order(page)]
    faults = [
        f"{name}: {type(w).__name__} {w.objectName()} has no accessible name"
        for w in everything
        if not name_of(w)
    ]
    faults += [f"{name}: {what}" for what in in_reading_order(page, everything)]
    faults += [f"{name}: mnemonic {key} twice" for key in twice(mnemonics_of(page))]
    shortcuts = [b.shortcut().toString() for b in page.findChildren(QPushButton) if b.isVisible()]
    faults += [f"{name}: shortcut {key} twice" for key in twice([s for s in shortcuts if s])]
    labels = [w for w in page.findChildren(QLineEdit) if takes_focus(w) and not w.accessibleName()]
    faults += [f"{name}: a line without a label" for _ in labels]
    return faults


@dataclass
class Walk:
    """What one walk through every page found."""

    faults: list[str] = field(default_factory=list)
    clipped: list[str] = field(default_factory=list)
    nameless: set[str] = field(default_factory=set)
    order: dict[str, list[str]] = field(default_factory=dict)
    topics: set[str] = field(default_factory=set)


WALKS: dict[int, Walk] = {}
"""By the size of text: visiting every page takes seconds, and each test below asks about the same visits."""


@pytest.fixture
def walked(home: Path, open_bench: Callable[..., Bench]) -> Callable[[int], Walk]:
    def of(percent: int) -> Walk:
        if percent not in WALKS:
            bench = open_bench(text_percent=percent)
            bench.sign_in()
            WALKS[percent] = walk(bench)
        return WALKS[percent]

    return of


def walk(bench: Bench) -> Walk:
    found = Walk()
    central = bench.window.centralWidget()
    assert central is not None
    for name in visit_all(bench):
        page = content(bench)
        size = (bench.window.width(), bench.window.height())
        if size != (1280, 720):
            found.clipped.append(f"{name}: makes the window {size[0]} by {size[1]}")
            bench.window.resize(1280, 720)
        found.clipped += [f"{name}: {what}" for what in clipped(central)]
        found.faults += faults_of(name, page)
        found.faults += key_faults(name, bench.window)
        found.order[name] = list(dict.fromkeys(stable(name_of(w)) for w in in_tab_order(page)))
        found.nameless |= {f"{name}: {what}" for what in nameless(bench.window)}
        found.topics.add(page.help_topic if isinstance(page, Page) else "")
    return found


def nameless(window: QWidget) -> Iterator[str]:
    """Yield what takes the focus anywhere in a window and has no accessible name."""
    for widget in window.findChildren(QWidget):
        stops = widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if stops and not isinstance(widget, QScrollArea) and not name_of(widget):
            yield f"{type(widget).__name__} {widget.objectName()}"


def test_every_page_by_name_order_and_keys(walked: Callable[[int], Walk]) -> None:
    found = walked(100)
    assert found.faults == []
    text = "\n".join(f"[{name}]\n" + "\n".join(names) + "\n" for name, names in found.order.items())
    assert text == kept("tab-order.txt", text), "read the order of Tab, then write it anew"


def test_every_widget_that_takes_the_focus_has_a_name(walked: Callable[[int], Walk]) -> None:
    assert walked(100).nameless == set()


@pytest.mark.parametrize("percent", [100, 200])
def test_nothing_is_clipped_on_any_page(walked: Callable[[int], Walk], percent: int) -> None:
    assert walked(percent).clipped == []


def test_every_page_has_help(walked: Callable[[int], Walk]) -> None:
    topics = {place.help_topic for place in PLACES} | {section.help_topic for section in SECTIONS}
    for topic in sorted((topics | walked(100).topics) - {""}):
        text = resources.text(f"help/{topic}.md")
        assert text.startswith("# "), topic
        assert 40 < len(text.split()) < 700, f"{topic} is not short"


@pytest.mark.parametrize("percent", [100, 200])
def test_first_run_is_swept_too(open_bench: Callable[..., Bench], percent: int) -> None:
    bench = open_bench(set_up=False, text_percent=percent)
    page = bench.window.first_run
    assert page is not None
    bench.until(page.isVisible)
    pause(60)
    assert (bench.window.width(), bench.window.height()) == (1280, 720)
    assert in_tab_order(page)
    assert [*faults_of("first-run", page), *clipped(page)] == []
    recovery = bench.window.recovery
    bench.window.show_page(recovery)
    for name in ("recovery-phrase", "recovery-phrase-shown"):
        pause(60)
        assert (bench.window.width(), bench.window.height()) == (1280, 720)
        assert in_tab_order(recovery)
        assert [*faults_of(name, recovery), *clipped(recovery)] == []
        if folder := os.environ.get("DIGMED_PICTURES"):
            bench.window.grab().save(f"{folder}/{name}-{percent}.png")
        recovery.phrase.show_words([f"{'longword'[: 3 + n % 6]}" for n in range(24)])


# ---- the sweep itself finds what it looks for


def test_the_sweep_sees_a_page_that_breaks_a_rule(qapp: QApplication) -> None:
    from PySide6.QtWidgets import QVBoxLayout

    page = QWidget()
    layout = QVBoxLayout(page)
    first, second = QPushButton("&Send"), QPushButton("&Send again")
    nameless = QLineEdit()
    cut = QLabel("A text that needs more room than it was given")
    cut.setFixedWidth(40)
    for part in (first, second, nameless, cut):
        layout.addWidget(part)
    QWidget.setTabOrder(nameless, first)
    page.show()
    assert twice(mnemonics_of(page)) == ["Alt+S"]
    assert name_of(nameless) == ""
    assert any("A text that needs" in what for what in clipped(page))
    assert in_reading_order(page, [nameless, first]) != []
    page.close()
