"""The page of one notification: acts in the window, a correction through the form, paper copies, a reaction."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QLabel

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.data_files.source import OWN
from digmed_desktop.desk.views.sent import Act, How, Offer, Printed
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.states import Need, State
from digmed_desktop.messaging.wording import words_of
from digmed_desktop.tour.player import pause
from digmed_desktop.ui import clipboard, files, printing
from digmed_desktop.ui.pages.story import StoryPage
from digmed_desktop.ui.pages.story_parts import RecordedView
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench
from tests.ui.test_look import clipped

ONE_LINE = 48  # pixels at most of a band that says what is corrected


@pytest.fixture
def story(bench: Bench) -> StoryPage:
    made: list[int] = []
    bench.office.ask(
        lambda desk: desk.send("vaccination", "draft-1", FormState(complete_answers()), 1),
        lambda sent: made.append(sent.notification or 0),
    )
    bench.until(lambda: bool(made))
    bench.window.open_story(made[0])
    page = bench.window.story
    bench.until(lambda: page.view is not None and bool(page.offers))
    return page


def text_of(page: StoryPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def test_what_was_recorded_and_what_happened(story: StoryPage) -> None:
    whose = story.banner()
    assert whose is not None
    assert whose.name == "O'NEILL, Rose"
    assert "Record saved" in text_of(story)
    assert "AB-1234" in story.recorded.toPlainText()
    assert [story.messages.tabText(n) for n in range(2)] == ["Notification", "How it travels"]
    outside = story.messages.widget(1)
    assert isinstance(outside, RecordedView)
    assert "DIGMED_FLU_VAC" in outside.toPlainText()
    assert not story.messages.isVisible()  # folded: for support
    story.details.open()
    assert story.messages.isVisible()
    assert "1 message" in story.details.note.text()
    assert story.earlier.note.text() == "No earlier version"


def test_a_timeline_the_newest_first_and_a_copy_that_the_lock_takes(bench: Bench, story: StoryPage) -> None:
    story._begin(Act.NOTE)
    story.panel.words.set_answer("The patient telephoned.")
    story.panel._confirm()
    bench.until(lambda: "The patient telephoned." in text_of(story))
    said = [one.text() for one in story.timeline.findChildren(QLabel)]
    assert said.index("Note") < said.index("The patient telephoned.") < said.index("Record saved")
    story.recorded.copy.click()
    copied = QApplication.clipboard().text()
    assert "AB-1234" in copied
    assert all(name in QApplication.clipboard().mimeData().formats() for name in clipboard.MARKS)
    assert "Record copied" in bench.window.toast.head.text()
    bench.window.lock()
    assert "AB-1234" not in QApplication.clipboard().text()


def test_only_what_makes_sense_is_offered_and_done_with_words(bench: Bench, story: StoryPage) -> None:
    assert {Act.CANCEL, Act.CORRECT, Act.NOTE, Act.REACTION} <= set(story.offers)
    assert story.buttons[Act.TRY_AGAIN].isHidden()
    story._begin(Act.NOTE)
    assert story.panel.isVisible()
    story.panel._confirm()
    assert "Write a few words" in story.panel.note.sentence
    story.panel.words.set_answer("The patient telephoned.")
    story.panel._confirm()
    bench.until(lambda: "The patient telephoned." in text_of(story))
    assert story.panel.isHidden()
    assert "Add a note: recorded." in story.work.said.body.text()


def test_cancelling_asks_why_and_takes_the_act_away(bench: Bench, story: StoryPage) -> None:
    story._begin(Act.CANCEL)
    story.panel.words.set_answer("Wrong patient chosen.")
    story.panel._confirm()
    assert story.buttons[Act.CANCEL].isHidden()  # in the menu: it is not what leads on
    bench.until(lambda: story.state.head.text() == "Cancelled")
    bench.until(lambda: bool(story.offers) and Act.CANCEL not in story.offers)


def test_a_correction_goes_through_the_form_and_shows_its_differences(bench: Bench, story: StoryPage) -> None:
    first = story.shown
    story._begin(Act.CORRECT)
    assert story.panel.do.text() == "Open the form"
    story.panel.words.set_answer("The batch was misread.")
    story.panel._confirm()
    bench.until(lambda: bench.form.isVisible() and bench.form.form.answers()["vaccine.batch"] == "AB-1234")
    bench.form.fill({"vaccine.batch": "AB-1299"})
    form_band, check_band = bench.form.band, bench.window.check.band
    bench.until(lambda: "Correcting the record of" in form_band.head.text())
    assert form_band.height() <= ONE_LINE
    bench.form.check_now()
    bench.until(bench.window.check.isVisible)
    bench.until(lambda: "Correcting the record of" in check_band.head.text())
    assert check_band.isVisible()
    assert check_band.height() <= ONE_LINE
    assert "The batch was misread." in check_band.why.text()
    bench.key(Qt.Key.Key_F12)
    bench.open_sent()
    bench.until(lambda: story.earlier.note.text() == "2, the newest first")
    assert story.head.title.text().endswith(": correction")
    story.earlier.open()
    said = text_of(story)
    for part in ("Version 2: Correction", "Batch number", "AB-1234", "AB-1299", "Version 1: Given"):
        assert part in said
    rows: dict[int | None, State] = {row.id: row.state for row in bench.rows()}
    assert rows[first] is State.REPLACED


def test_a_reaction_asks_for_the_telephone_and_names_the_yellow_card(bench: Bench, story: StoryPage) -> None:
    first = story.shown
    story._begin(Act.REACTION)
    assert "yellowcard.mhra.gov.uk" in story.panel.call.text()
    story.panel.words.set_answer("Fainted; recovered within five minutes.")
    story.panel._confirm()
    bench.until(lambda: story.shown != first and "Telephone the practice now" in story.work.said.body.text())
    row = next(row for row in bench.rows() if row.id == story.shown)
    assert row.need is Need.REACTION
    bench.until(lambda: "action needed" in story.state.head.text() and Act.TELEPHONE in story.offers)
    led = story.steps.first()
    assert led is story.buttons[Act.TELEPHONE]
    assert led.property("kind") == "primary"
    assert story.buttons[Act.CORRECT].property("kind") == ""
    led.click()
    story.panel.words.set_answer("Dr Lund, 11:02.")
    story.panel._confirm()
    bench.until(lambda: "action needed" not in story.state.head.text())


def test_a_paper_copy_is_saved_and_recorded_only_when_it_has_gone(
    bench: Bench, story: StoryPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "copy.pdf"
    names: list[str] = []

    def where(_parent: object, _title: str, name: str, _kind: str) -> Path:
        names.append(name)
        return target

    monkeypatch.setattr(files, "ask_where", where)
    story._begin_paper()
    story.paper.how.set_answer(How.SECURE_EMAIL.value)
    story.paper.save_button.click()
    bench.until(lambda: "Saved as copy.pdf" in story.work.said.body.text())
    assert target.read_bytes().startswith(b"%PDF")
    assert names == [f"notification-{story.shown:06d}-2026-10-14"]
    assert bench.rows()[0].state is State.WAITING
    story.paper._gone()
    assert "the person or place" in story.paper.to_field.sentence
    story.paper.to.set_answer("Overtown Surgery")
    story.paper._gone()
    bench.until(lambda: story.state.head.text() == "Sent on paper")
    bench.until(lambda: "By secure e-mail: Overtown Surgery" in text_of(story))
    target = tmp_path / "gone" / "record.json"
    story.papers.save_record(story.shown or 0)
    bench.until(lambda: "cannot be found" in story.work.said.body.text())


def test_every_page_is_drawn_for_the_printer(tmp_path: Path, qapp: object) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    rows = "".join(f"<tr><td>Row {n}</td></tr>" for n in range(150))
    printed = Printed("notification-1", f"<h1>List</h1><table>{rows}</table>", "O'NEILL", landscape=False)
    printing.set_up(printer, printed)
    assert printing.paint(printer, printed) == 3
    assert (tmp_path / "printed.pdf").stat().st_size > 10_000
    assert printer.docName() == "notification-1"


@pytest.mark.qt_log_ignore("QPrinter", "QPdf", "QPainter")
def test_a_printer_that_does_not_take_it_is_a_sentence(tmp_path: Path, qapp: object) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "gone" / "printed.pdf"))
    with pytest.raises(DigMedError, match="did not accept the document"):
        printing.paint(printer, Printed("x", "<p>x</p>", "", landscape=False))


def test_a_withdrawal_offers_reasons_and_own_words_stay_as_typed(story: StoryPage) -> None:
    panel = story.panel
    panel.show_offer(Offer(Act.WITHDRAW, "Withdraw", "", "Why it is withdrawn"))
    assert panel.listed.label.text() == "Why it is withdrawn"
    offered = [panel.reason.combo.itemText(place) for place in range(panel.reason.combo.count())]
    assert offered == [one["reason"] for one in OWN.at("counter/reasons.toml", "withdraw") or ()]
    confirmed: list[tuple[object, str]] = []
    panel.confirmed.disconnect()
    panel.confirmed.connect(lambda act, words: confirmed.append((act, words)))
    for typed in (offered[0][:5], offered[-1][:14]):  # the beginning of one listed reason alone
        panel.reason.line.setText(typed)
        panel.reason.line.editingFinished.emit()
        panel._confirm()
        assert confirmed[-1] == (Act.WITHDRAW, typed)
    panel.show_offer(Offer(Act.SEND_AS_NEW, "Send", "", "Why you are sending it again"))
    assert panel.reason.combo.count()
    assert not set(offered) & {panel.reason.combo.itemText(n) for n in range(panel.reason.combo.count())}


def test_large_text_cuts_no_word_of_a_state(bench: Bench, story: StoryPage) -> None:
    """In the smallest window at twice the size of text the page scrolls, and the state is read whole."""
    words = words_of(State.REJECTED)
    bench.window.context.appearance.set("light", 200)
    try:
        for percent in (200, 150):
            bench.window.context.appearance.set("light", percent)
            story.state.say(f"{words.happened} {words.do}", tone="stop")
            bench.idle()
            pause(60)
            assert [one for one in clipped(story) if words.happened[:10] in one] == []
            assert story.state.body.height() >= story.state.body.heightForWidth(story.state.body.width())
    finally:
        bench.window.context.appearance.set("light", 100)
