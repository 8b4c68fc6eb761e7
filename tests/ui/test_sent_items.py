"""Sent items in the real window: Qt's model tester, searching, saved searches, lists that leave the program."""

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtPrintSupport import QPrinterInfo
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.searching import Search, Sort
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import Need, State
from digmed_desktop.messaging.story import NotificationRow
from digmed_desktop.messaging.wording import words_of_row
from digmed_desktop.ui import files
from digmed_desktop.ui.pages.sent_items import SentPage
from digmed_desktop.ui.pages.sent_model import COLUMNS, MOST_ROWS, PAGE, STATE, SentModel, bold
from digmed_desktop.ui.theme import load
from tests.clinical.examples import complete_answers
from tests.ui.conftest import NOW, Bench


def item(n: int, state: State = State.SENT) -> NotificationRow:
    return NotificationRow(
        id=n,
        kind=Kind.VACCINATION,
        state=state,
        needs_person=False,
        patient_name=f"O'FENNIMORE, N{n}",
        nhs_number="9991234553",
        what="Influenza vaccine",
        batch="B1",
        practice_name="Test Meadows Surgery",
        practice_ods="Y99901",
        by="Ada",
        contact_at=NOW,
        changed_at=NOW,
        need=Need.NOBODY,
    )


@pytest.fixture
def model(qapp: QApplication) -> SentModel:
    return SentModel(load("light"), lambda: NOW)


def test_the_model_passes_qts_own_tester(model: SentModel) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    asked: list[tuple[int, NotificationRow | None]] = []
    model.wanted.connect(lambda ticket, _search, after: asked.append((ticket, after)))
    model.begin(Search())
    model.got(model.ticket, [item(n) for n in range(1000, 1000 - PAGE, -1)], first=True)
    model.fetchMore(QModelIndex())  # the tester may have asked already
    assert asked[-1][1] == model.rows[-1]
    assert not model.canFetchMore(QModelIndex())  # one page at a time
    model.got(model.ticket, [item(n) for n in range(900, 890, -1)], first=False)
    assert model.rowCount() == PAGE + 10
    assert not model.canFetchMore(QModelIndex())
    model.again()
    model.got(model.ticket, [item(n, State.MATCHED) for n in range(1000, 1000 - PAGE, -1)], first=True)
    assert model.rowCount() == PAGE + 10  # what changed was changed in place
    assert "Matched" in model.data(model.index(0, COLUMNS.index("State")))
    model.again()
    model.got(model.ticket, [item(1001), *(item(n) for n in range(1000, 1001 - PAGE, -1))], first=True)
    assert model.rows[0].id == 1001
    model.begin(Search(text="x"))
    model.got(model.ticket, [], first=True)
    assert model.rowCount() == 0
    assert tester.model() is model


def test_an_answer_to_an_older_search_is_dropped(model: SentModel) -> None:
    model.begin(Search(text="a"))
    old = model.ticket
    model.begin(Search(text="ab"))
    model.got(old, [item(1)], first=True)
    assert model.rowCount() == 0
    model.got(model.ticket, [item(2)], first=True)
    assert [row.id for row in model.rows] == [2]


def test_rows_that_move_all_the_time_are_shown_all_the_same(model: SentModel) -> None:
    asked: list[int] = []
    model.wanted.connect(lambda ticket, _search, _after: asked.append(ticket))
    model.begin(Search(text="a"))
    model.again()  # the history moved before the rows came
    model.again()
    assert len(asked) == 1
    model.got(asked[0], [item(1)], first=True)
    assert [row.id for row in model.rows] == [1]
    assert len(asked) == 2  # once more, for what moved
    model.got(asked[1], [item(2), item(1)], first=True)
    assert [row.id for row in model.rows] == [2, 1]
    assert len(asked) == 2


def test_not_more_than_a_limit_is_ever_fetched(model: SentModel) -> None:
    model.begin(Search())
    model.got(model.ticket, [item(n) for n in range(PAGE)], first=True)
    pages = 1
    while model.canFetchMore(QModelIndex()):
        model.fetchMore(QModelIndex())
        model.got(model.ticket, [item(n) for n in range(PAGE)], first=False)
        pages += 1
    assert pages * PAGE == MOST_ROWS
    assert model.is_cut


NUMBERS = ("9990123020", "9990000018", "9990000026")


def sent(bench: Bench, *names: str) -> SentPage:
    """Record a vaccination for each name, and go to the list."""
    refused: list[object] = []
    for n, name in enumerate(names):
        answers = complete_answers(patient__family=name, patient__nhs_number=NUMBERS[n])
        bench.office.ask(
            lambda desk, n=n, answers=answers: desk.send("vaccination", f"draft-{n}", FormState(answers), 1),
            lambda done: refused.extend(done.problems),
        )
    bench.idle()
    assert refused == []
    bench.window.go("sent")
    page = bench.window.sent
    bench.until(lambda: len(page.model.rows) == len(names))
    return page


def families(page: SentPage) -> list[str]:
    return [row.patient_name.partition(",")[0] for row in page.model.rows]


def test_typing_narrows_the_list(bench: Bench) -> None:
    page = sent(bench, "Quill", "Lund", "Quince")
    assert page.count.text() == "3 notifications"
    page.filters.words.focus()
    bench.keys("qui")
    bench.until(lambda: families(page) == ["QUINCE", "QUILL"])
    bench.keys("nc")
    bench.until(lambda: families(page) == ["QUINCE"])
    for text in ("%", "'", "\U0001f489", "'; DROP TABLE notification; --"):
        page.filters.words.set_answer(text)
        page.filters.tell()
        bench.until(lambda: page.empty.isVisible() and not page.model.rows)
        assert "No notification fits" in page.empty.head.text()
    QTest.mouseClick(page.clear, Qt.MouseButton.LeftButton)
    bench.until(lambda: len(page.model.rows) == 3)


def test_what_cannot_be_searched_is_said_at_its_field(bench: Bench) -> None:
    page = sent(bench, "Quill")
    page.filters.words.set_answer("x" * 10_000)
    page.filters.tell()
    assert "Type at most 100" in page.filters.fields["text"].sentence
    page.filters.words.set_answer("")
    page.filters.when.set_answer("chosen")
    page.filters.first.set_answer("20/10/2026")
    page.filters.last.set_answer("10/10/2026")
    page.filters.tell()
    assert "first date is after the last one" in page.filters.dates["last"].sentence
    page.filters.last.set_answer("31/11/2026")
    page.filters.tell()
    assert "a day that this month has" in page.filters.dates["last"].sentence
    assert families(page) == ["QUILL"]


@pytest.mark.parametrize("text_percent", [100, 200])
def test_states_are_read_whole_and_no_column_is_out_of_view(
    open_bench: Callable[..., Bench], text_percent: int
) -> None:
    bench = open_bench(text_percent=text_percent)
    bench.sign_in()
    page = sent(bench, "Quill")
    table = page.table
    text = page.model.state_text(page.model.rows[0])
    assert table.columnWidth(STATE) >= QFontMetrics(bold(table.font())).horizontalAdvance(text)
    bench.until(lambda: not table.horizontalScrollBar().isVisible())


def test_filters_sorting_and_a_saved_search(bench: Bench) -> None:
    page = sent(bench, "Quill", "Lund", "Quince")
    header = page.table.horizontalHeader()
    header.sectionClicked.emit(0)
    bench.until(lambda: families(page) == ["LUND", "QUILL", "QUINCE"])
    header.sectionClicked.emit(0)
    bench.until(lambda: families(page) == ["QUINCE", "QUILL", "LUND"])
    assert page.search.sort is Sort.PATIENT
    page.filters.state.set_answer(State.MATCHED.value)
    page.filters.tell()
    bench.until(lambda: not page.model.rows)
    page.filters.state.set_answer("on-its-way")
    page.filters.when.set_answer("today")
    page.filters.tell()
    bench.until(lambda: len(page.model.rows) == 3)
    page._ask_name()
    page.name.set_answer("Today's open ones")
    page._save_search()
    bench.until(lambda: page.filters.saved_name == "Today's open ones")
    page.show_search(Search(text="nobody"))
    bench.until(lambda: not page.model.rows)
    page.filters.kept.set_answer("Today's open ones")
    page.filters._take_saved()
    bench.until(lambda: len(page.model.rows) == 3)
    page._forget()
    bench.until(lambda: page.filters._saved == ())


def test_the_list_is_exported_beside_everything_else(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = sent(bench, "Quill", "Lund")
    target = tmp_path / "out.csv"
    asked: list[str] = []

    def where(_parent: object, _title: str, name: str, _kind: str) -> Path:
        asked.append(name)
        return target

    monkeypatch.setattr(files, "ask_where", where)
    page._export(with_patients=True)
    bench.until(lambda: "2 notifications written" in page.work.said.body.text())
    with target.open(encoding="utf-8-sig", newline="") as file:
        assert {row["Patient"] for row in csv.DictReader(file)} == {"QUILL, Rose", "LUND, Rose"}
    assert asked == ["notifications-2026-10-14"]
    target = tmp_path / "gone" / "out.csv"
    page._export(with_patients=False)
    bench.until(lambda: "cannot be found" in page.work.said.body.text())
    target = tmp_path / "day.pdf"
    page._save_day("day-end")
    bench.until(lambda: "Saved as day.pdf" in page.work.said.body.text())
    assert target.read_bytes().startswith(b"%PDF")


def test_without_a_printer_there_is_a_sentence(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", list)
    page = sent(bench, "Quill")
    page._print_day("day-list")
    bench.until(lambda: "No printer is set up" in page.work.said.body.text())


def test_a_row_says_its_state_in_the_words_of_the_table(model: SentModel) -> None:
    late = replace(item(1), contact_at=NOW - timedelta(days=1))
    model.begin(Search())
    model.got(model.ticket, [late], first=True)
    assert words_of_row(late, Duty(), NOW).word in model.data(model.index(0, COLUMNS.index("State")))
