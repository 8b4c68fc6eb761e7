"""Hands that type three milliseconds a key, with a search that takes its time: each field holds exactly what was typed."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from digmed_desktop.desk.connections.connection import ConnectionDesk
from digmed_desktop.desk.lists.medicines import MedicineDesk
from digmed_desktop.desk.lists.pgds import PgdDesk
from digmed_desktop.desk.lists.practices import PracticeDesk
from digmed_desktop.desk.lists.stock import StockDesk
from digmed_desktop.desk.patients.patients import PatientDesk
from digmed_desktop.desk.people.people import PeopleDesk
from digmed_desktop.desk.records.listing import ListingDesk
from digmed_desktop.desk.views.sent import Act, Begun
from digmed_desktop.scanning.burst import Burst
from digmed_desktop.scanning.pack import is_code
from digmed_desktop.ui.context import FormStart
from digmed_desktop.ui.wedge import Wedge
from digmed_desktop.ui.widgets.choices import ChoiceEditor
from digmed_desktop.ui.widgets.editors import DateEditor
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench
from tests.ui.test_sweep import content, go_settings, name_of, pages

FAST_MS = 3.0
SLOW_S, READ_S = 0.4, 0.15
TEXTS = (
    "Winterbourne",
    "01632960001",
    "Overtown Surgery",
    "12 Example Street",
    "AB1234567",
    "10 Mill Road West",
)


class FastKeyboard:
    """Presses keys with the times of a text expander."""

    def __init__(self) -> None:
        self.at = 1000.0

    def when(self, _event: QKeyEvent) -> float:
        return self.at

    def type(self, text: str, end: Qt.Key = Qt.Key.Key_Tab) -> None:
        self.at += 800
        for sign in text:
            self.at += FAST_MS
            target = self.target()
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                key = QKeyEvent(kind, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, sign)
                QApplication.sendEvent(target, key)
        self.at += FAST_MS
        QTest.keyClick(self.target(), end)

    @staticmethod
    def target() -> QWidget:
        """Return what Qt gives a key to: an open list before the field under it."""
        popup = QApplication.activePopupWidget()
        target = (popup.focusWidget() or popup) if popup is not None else QApplication.focusWidget()
        assert target is not None
        return target


@pytest.fixture
def keyboard(bench: Bench, qapp: QApplication) -> Iterator[FastKeyboard]:
    """The filter of the program before every field, with times that the test gives."""
    hands = FastKeyboard()
    wedge = Wedge(when=hands.when)
    bench.window.context.wedge = wedge
    wedge.scanned.connect(bench.window.counter.scanned)
    wedge.watch(qapp)
    yield hands
    wedge.leave(qapp)
    bench.window.context.wedge = None


def text_of(widget: QWidget) -> str:
    return widget.toPlainText() if isinstance(widget, QPlainTextEdit) else getattr(widget, "text")()  # noqa: B009


def fields_of(page: QWidget) -> list[QWidget]:
    """Every field for text in view: no part of a date, no PIN, nothing that is only read."""
    dates = {box for editor in page.findChildren(DateEditor) for box in editor.boxes}
    lines = [
        one
        for one in page.findChildren(QLineEdit)
        if one not in dates and one.echoMode() == QLineEdit.EchoMode.Normal and not one.isReadOnly()
    ]
    boxes = [one for one in page.findChildren(QPlainTextEdit) if not one.isReadOnly()]
    return [one for one in (*lines, *boxes) if one.isVisible() and one.isEnabled()]


def slow(monkeypatch: pytest.MonkeyPatch, owner: type, method: str, seconds: float = SLOW_S) -> None:
    """Let a search or a reading take its time."""
    real = getattr(owner, method)

    def slowly(self: Any, *args: Any, **named: Any) -> Any:
        time.sleep(seconds)
        return real(self, *args, **named)

    monkeypatch.setattr(owner, method, slowly)


SEARCHES = ((PatientDesk, "search"), (PracticeDesk, "search"), (MedicineDesk, "find"))
READS = (
    (StockDesk, "view"),
    (PeopleDesk, "pharmacy_answers"),
    (ConnectionDesk, "view"),
    (PgdDesk, "view"),
    (ListingDesk, "lists"),
)


def test_every_field_holds_what_was_typed_quickly(
    bench: Bench, keyboard: FastKeyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every field for text, to search in or to choose, on every page, with searches slower than any hand."""
    for search, method in SEARCHES:
        slow(monkeypatch, search, method)
    for read, method in READS:
        slow(monkeypatch, read, method, READ_S)
    wrong, seen = [], 0
    steps = [*pages(bench), *panels(bench)]
    steps.sort(
        key=lambda step: step[0] != "form-with-batches"
    )  # batches are offered for a product of the list only
    for name, go in steps:
        if name in NO_FIELDS_OF_THEIR_OWN:
            continue
        go()
        bench.activate()
        wrong += [f"{name}: {what}" for what in lost_while_read(bench)]
        for place, field in enumerate(fields_of(content(bench))):
            if not field.isVisible():
                continue
            seen += 1
            text = TEXTS[place % len(TEXTS)]
            bench.activate()
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            getattr(field, "selectAll")()  # noqa: B009
            keyboard.type(text)
            if text_of(field) != text:
                wrong.append(f"{name}: {name_of(field)} holds {text_of(field)!r}, typed {text!r}")
        held = [(field, text_of(field)) for field in fields_of(content(bench))]
        bench.idle()  # what was searched and read meanwhile has come
        wrong += [
            f"{name}: {name_of(field)} lost {text!r} for {text_of(field)!r}"
            for field, text in held
            if text in TEXTS and field.isVisible() and text_of(field) != text
        ]
    assert wrong == []
    assert seen > LEAST_FIELDS


LEAST_FIELDS = 120
NO_FIELDS_OF_THEIR_OWN = {
    "practice-mode",  # of a window of its own
    "sign-in",  # it locks, which ends the round
    "settings-scanner",  # what comes quickly is tried there as a scan, and all of it shown
}


def panels(bench: Bench) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield what has fields for a while only: reasons on Check, the acts on a notification, a correction, a supply."""
    story = bench.window.story

    def reasons() -> None:
        bench.window.go("vaccinate")
        bench.form.next_patient()
        warned = {"screening.unwell": "yes", "screening.bleeding": "yes"}
        bench.form.fill(complete_answers() | warned)
        bench.form.check_now()
        bench.until(bench.window.check.isVisible)

    def act(which: Act) -> Callable[[], None]:
        def begin() -> None:
            bench.window.open_story(1)
            bench.until(lambda: which in story.offers)
            story._begin(which)

        return begin

    def paper() -> None:
        bench.window.open_story(1)
        story._begin_paper()

    def correction() -> None:
        begun: list[Begun] = []
        bench.office.ask(lambda desk: desk.acts.begin_correction(1, "A test."), begun.append)
        bench.until(lambda: bool(begun))
        bench.window.begin_form(FormStart(begun[0].form, whole=begun[0].state))

    yield "reasons on the check page", reasons
    yield "a note on a notification", act(Act.NOTE)
    yield "a withdrawal", act(Act.CANCEL)
    yield "a paper copy", paper
    yield "a correction", correction


def lost_while_read(bench: Bench) -> Iterator[str]:
    """Type into the first field of a page while what is kept is still read; yield it if that does not stay."""
    wedge = bench.window.context.wedge
    assert wedge is not None
    fields = fields_of(content(bench))[:1]
    for field in fields:
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        getattr(field, "selectAll")()  # noqa: B009
        with wedge.paused():
            bench.keys("Wint")
            bench.idle()
            bench.idle()
            bench.keys("er")
        if text_of(field) != "Winter":
            yield f"{name_of(field)} holds {text_of(field)!r}, typed 'Winter' while the page was read"
    if not fields:
        bench.idle()


@pytest.mark.parametrize("text", TEXTS)
def test_words_are_no_code(text: str) -> None:
    assert not is_code(Burst(text, FAST_MS))


@pytest.mark.parametrize(
    "text", ["0109501101530003172704301012AB", "5000112637922", "9990123020", "(01)09501101530003(10)12AB"]
)
def test_a_code_stays_one(text: str) -> None:
    assert is_code(Burst(text, 8.0))


NUMBER = "9990000018"  # a valid one
BARCODE = "5000112637922"  # with the right check digit
PACK = "0109501101530003172704301012AB"
ALT = Qt.KeyboardModifier.AltModifier


def test_digits_that_no_scanner_reads_are_text() -> None:
    texts = ("5000112637923", "15031984", "01021980", "9990000019", "01632960001")
    assert [text for text in texts if is_code(Burst(text, FAST_MS))] == []


def test_what_was_taken_for_a_scan_is_put_back_by_one_key(bench: Bench, keyboard: FastKeyboard) -> None:
    """On every question for text: what the scan answered is as before, and the text stands in its field."""
    form, panel = bench.form.form, bench.form.scan_panel
    bench.form.fill({"vaccine.batch": "OLD1"})
    for key, text in (("patient.family", BARCODE), ("patient.city", PACK), ("patient.telephone", PACK)):
        form.focus_field(key)
        before = form.answers()
        keyboard.type(text)
        bench.until(panel.isVisible)
        bench.idle()
        assert form.answers()[key] == before[key]
        bench.key(Qt.Key.Key_Z, ALT)
        bench.until(lambda key=key, text=text: form.answers()[key] == text)
        assert not panel.isVisible()
        form.set_answers({key: before[key], "patient.telephone_use": ""}, keep_rest=True)
        assert form.answers() == before, key


def test_a_number_typed_by_an_expander_where_it_may_be_text_is_text(
    bench: Bench, keyboard: FastKeyboard
) -> None:
    form, draft = bench.form.form, bench.form.draft_id
    for key in ("patient.telephone", "after.advice", "vaccine.batch"):
        if form.fields[key].isHidden():
            form.fields[key].show()
        form.focus_field(key)
        if not form.fields[key].editor.isAncestorOf(bench.focused()):
            continue
        keyboard.type(NUMBER)
        bench.idle()
        assert form.answers()[key] == NUMBER
        assert form.answers()["patient.nhs_number"] == ""
        assert bench.form.draft_id == draft


def test_nothing_typed_quickly_is_lost_where_no_scan_is_taken(bench: Bench, keyboard: FastKeyboard) -> None:
    """Pages that are no form, the reasons on Check, and, by one key, what surely came from a scanner."""
    window = bench.window
    for place in ("sent", "people", "settings", "supply"):
        window.go(place)
        bench.idle()
        if place == "settings":
            go_settings(bench, "pharmacy")
        for field in fields_of(content(bench))[:2]:
            for text in (BARCODE, PACK) if place != "supply" else (BARCODE,):
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                getattr(field, "selectAll")()  # noqa: B009
                keyboard.type(text)
                bench.idle()
                assert text_of(field) == text, f"{place}: {name_of(field)}"
    window.go("sent")
    bench.idle()
    field = next(one for one in fields_of(content(bench)) if not isinstance(one.parent(), QComboBox))
    field.setFocus(Qt.FocusReason.OtherFocusReason)
    getattr(field, "selectAll")()  # noqa: B009
    keyboard.type("]d2" + PACK)
    assert window.banner.isVisible()
    assert "Alt+Z" in window.banner.notice.body.text()
    bench.key(Qt.Key.Key_Z, ALT)
    bench.until(lambda: text_of(field) == "]d2" + PACK)
    assert not window.banner.isVisible()


def test_text_that_comes_quickly_answers_no_choice_and_presses_nothing(
    bench: Bench, keyboard: FastKeyboard
) -> None:
    """Kept until the cursor is where it can be typed."""
    form = bench.form.form
    form.focus_field("patient.sex")
    keyboard.type("12 Example Street", Qt.Key.Key_Return)
    bench.idle()
    assert form.answers()["patient.sex"] == ""
    assert bench.window.banner.isVisible()
    form.focus_field("patient.city")
    bench.key(Qt.Key.Key_Z, ALT)
    bench.until(lambda: form.answers()["patient.city"] == "12 Example Street")


def test_a_slow_search_takes_nobody_who_was_not_typed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    other = {**complete_answers(), "patient.family": "Vance", "patient.nhs_number": "999 000 0018"}
    for answers in (complete_answers(), other):
        bench.office.ask(lambda desk, one=answers: desk.patients.remember(one), lambda _n: None)
    bench.idle()
    slow(monkeypatch, PatientDesk, "search")
    bench.form.search.focus()
    bench.keys("onei")
    bench.qtbot.wait(300)  # its search is under way
    bench.form.search.box.editor.line.selectAll()
    bench.keys("vance")
    bench.key(Qt.Key.Key_Return)
    bench.until(lambda: bool(bench.form.form.answers()["patient.family"]))
    assert bench.form.form.answers()["patient.family"] == "Vance"


def test_a_list_takes_nothing_that_was_offered_for_an_earlier_text(bench: Bench, home: Path) -> None:
    editor = bench.form.form.fields["vaccine.product"].editor
    assert isinstance(editor, ChoiceEditor)
    editor.focus()
    labels = [editor.combo.itemText(place) for place in range(editor.combo.count())]
    first, last = labels[0], labels[-1]
    bench.keys(first[:3])
    editor.line.selectAll()
    bench.keys(last)
    bench.key(Qt.Key.Key_Return)
    assert editor.spoken() == last
