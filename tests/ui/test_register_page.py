"""The register's page: entries, what is outstanding, a broken chain told, and what is appended."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from digmed_desktop.clinical import law
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.views.sent import Printed
from digmed_desktop.history.cipher import WRITES, engine
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.ui import printing
from digmed_desktop.ui.pages.register import RegisterPage
from digmed_desktop.ui.pages.settings.medicines import MedicinesSection
from digmed_desktop.ui.pages.settings.page import SettingsPage
from tests.clinical.supply_examples import complete_answers, tablets
from tests.reference import synthetic_dmd
from tests.ui.conftest import Bench

TODAY = {"contact.date": "14/10/2026", "contact.time": "10:30"}
EARLIER = {"contact.date": "11/10/2026", "contact.late_reason": "The till was down."}


def supplied(bench: Bench, answers: dict[str, str]) -> None:
    got: list[Any] = []

    def send(desk: Any) -> Any:
        """Send, with a reason for whatever is asked."""
        asked = (p for p in desk.preview("emergency-supply", FormState(answers)).problems if p.needs_reason)
        state = FormState(answers, reasons={one.reason_key: "It is a test" for one in asked})
        return desk.send("emergency-supply", uuid.uuid4().hex, state, 1)

    bench.office.ask(send, got.append)
    bench.until(lambda: bool(got))
    assert got[0].notification or got[0].register, got[0].problems


def open_register(bench: Bench, entries: int) -> RegisterPage:
    bench.window.go("register")
    page = bench.window.page("register")
    assert isinstance(page, RegisterPage)
    bench.until(lambda: len(page.entries) == entries and bool(page.chain.body.text()))
    bench.until(page.table.isVisible if entries else page.empty.isVisible)
    return page


def words(page: RegisterPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def test_it_lists_entries_prints_them_and_takes_amendments(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.window.go("register")
    unread = bench.window.page("register")
    assert isinstance(unread, RegisterPage)
    assert not unread.detail.text.isVisible(), "nothing is asked of no entry"
    empty = open_register(bench, 0)
    assert empty.empty.isVisible()
    assert empty.empty.act.hasFocus()  # what is there to do
    assert "No entries in the register" in words(empty)
    supplied(bench, {**complete_answers(), **TODAY})
    supplied(bench, {**complete_answers({"consent.to_sharing": "no"}), **TODAY})
    bench.window.go("vaccinate")
    page = open_register(bench, 2)
    assert [one.number for one in page.entries] == [2, 1]
    assert page.chain.property("tone") == "done"
    page.table.selectRow(1)
    bench.until(lambda: "No. 1  Emergency supply" in words(page))
    seen = words(page)
    assert "Insulin left on the train" in seen
    assert "3 Weaver's Yard" in seen
    assert not page.detail.came.isVisible()

    printed: list[Printed] = []
    monkeypatch.setattr(printing, "choose", lambda _parent, _one: object())
    monkeypatch.setattr(printing, "paint", lambda _printer, one: printed.append(one))
    bench.until(page.detail.print_label.isVisible)
    for press in (page.detail.print_entry, page.detail.print_label, page.print_list):
        QTest.mouseClick(press, Qt.MouseButton.LeftButton)
    bench.until(lambda: len(printed) == 3)
    entry, label, whole = (one.html for one in printed)
    assert "Insulin left on the train" in entry
    assert "Emergency Supply" in label
    assert "Register intact: 2 entries" in whole
    assert not any("SMITH" in one.name.upper() for one in printed), "no patient in the printer's queue"

    def refuse(_parent: object, _printed: object) -> None:
        raise DigMedError(printing.NO_PRINTER.happened, printing.NO_PRINTER.remedy)

    monkeypatch.setattr(printing, "choose", refuse)
    QTest.mouseClick(page.detail.print_entry, Qt.MouseButton.LeftButton)
    bench.until(lambda: "Save it as a PDF instead" in words(page))

    page.detail.ask_amendment()
    QTest.mouseClick(page.detail.save_text, Qt.MouseButton.LeftButton)
    bench.until(lambda: "Enter the correction" in page.detail.text.sentence)
    page.detail.text.editor.set_answer("")
    page.detail.text.editor.focus()
    bench.keys("The needles")
    page.refresh()
    bench.idle()
    bench.keys(" were 4 mm.")
    assert page.detail.text.editor.answer() == "The needles were 4 mm.", "reading takes no cursor away"
    QTest.mouseClick(page.detail.save_text, Qt.MouseButton.LeftButton)
    bench.until(lambda: "The needles were 4 mm." in words(page) and "No. 3  Amendment" in words(page))
    bench.until(lambda: page.table.item(1, 0).text() == "1  +1")


def test_prescriptions_stand_on_top_until_they_come(bench: Bench) -> None:
    supplied(bench, {**tablets("prescriber"), **TODAY, **EARLIER})
    supplied(bench, {**tablets("prescriber"), **TODAY})
    page = open_register(bench, 2)
    bench.until(lambda: "Overdue by 25 min" in words(page))
    seen = words(page)
    assert "2 days 23 h left" in seen
    page.prescription_came(1)
    QTest.mouseClick(page.detail.save_dates, Qt.MouseButton.LeftButton)
    bench.until(lambda: "Enter the date on the prescription" in page.detail.dated.sentence)
    page.detail.dated.editor.set_answer("12/10/2026")
    page.detail.received.editor.set_answer("13/10/2026")
    QTest.mouseClick(page.detail.save_dates, Qt.MouseButton.LeftButton)
    bench.until(lambda: "Overdue" not in words(page))
    bench.until(lambda: "2 days 23 h left" in words(page))
    bench.until(lambda: "Date it was received\n13 Oct 2026" in words(page))


def tamper(file: Path) -> int:
    """Change an entry with the key known, as the program never does."""
    made = engine(file, b"k" * 32, size=1).execution_options(**{WRITES: True})
    with made.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER register_refuses_update")
        connection.exec_driver_sql(
            "UPDATE register SET content = replace(content, 'SMITH', 'SMYTH') WHERE number = 1"
        )
    made.dispose()
    return 1


def test_a_broken_chain_is_told_in_red_and_where_at_twice_the_size_too(open_bench) -> None:
    bench = open_bench(text_percent=200)
    bench.sign_in()
    for _ in range(2):
        supplied(bench, {**complete_answers(), **TODAY})
    done: list[int] = []
    bench.office.ask(lambda _desk: tamper(bench.folder / "history.db"), done.append)
    bench.until(lambda: bool(done))
    page = open_register(bench, 2)
    bench.until(lambda: page.chain.property("tone") == "stop")
    assert page.chain.head.text() == "The chain is broken at entry 1"
    assert "Entry 1 was changed after it was made." in words(page)
    assert page.whole.horizontalScrollBar().maximum() == 0, "nothing is wider than the page"
    bench.window.go("help")
    assert "Add amendment" in bench.window.help.text.toPlainText()
    bench.window.help.text.anchorClicked.emit(QUrl("help:law"))
    seen = bench.window.help.text.toPlainText()
    for rule in law.rules():
        assert rule.law in seen
        assert rule.source.casefold() in seen.casefold()
    assert seen.count(law.to_be_confirmed().capitalize()) == sum(not one.confirmed for one in law.rules())


def test_a_release_is_imported_with_a_moving_bar_cancelled_and_refused(bench: Bench, tmp_path: Path) -> None:
    release = synthetic_dmd.write(tmp_path / "release", 3000, 300)
    bench.window.go("settings")
    settings = bench.window.page("settings")
    assert isinstance(settings, SettingsPage)
    section = settings.section("medicines")
    assert isinstance(section, MedicinesSection)
    bench.until(lambda: "No dm+d release" in section.standing.text())
    seen: set[int] = set()
    section.bar.valueChanged.connect(seen.add)
    section.import_release(release)
    assert section.running.isVisible()
    bench.until(lambda: "3,000 products" in section.said.body.text())
    assert "release: 3,000 products." in section.standing.text()
    assert not section.running.isVisible()
    section.import_release(release)
    QTest.mouseClick(section.cancel, Qt.MouseButton.LeftButton)
    bench.until(lambda: not section.running.isVisible())
    (release / "f_amp2_3010126.xml").write_text("<html></html>", "utf-8")
    section.import_release(release)
    bench.until(lambda: "line 1 begins with html" in section.said.body.text())
    assert section.said.property("tone") == "stop"
    assert "release: 3,000 products." in section.standing.text()
