"""Nothing with a name stands over the locked page, appears there later, or comes out of the printer behind it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtPrintSupport import QPrintDialog, QPrinterInfo
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from digmed_desktop.desk.views.sent import How
from digmed_desktop.messaging.audit import AuditAct, AuditRow
from digmed_desktop.ui import printing
from digmed_desktop.ui.widgets import words
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench

CTRL = Qt.KeyboardModifier.ControlModifier
NAMED = ("NEILL", "Rose", "9990123020", "999 012 3020")


def in_view(bench: Bench) -> str:
    """Return all that somebody sees or hears of the window: words, tool tips, accessible names, titles."""
    said = [bench.window.windowTitle()]
    for widget in (bench.window, *bench.window.findChildren(QWidget)):
        if widget.isVisible():
            text = getattr(widget, "text", None)
            said += [widget.accessibleName(), widget.toolTip(), text() if callable(text) else ""]
    return " | ".join(filter(None, said))


def no_name(bench: Bench) -> None:
    seen = in_view(bench)
    assert "Who is using this computer" in seen
    for name in NAMED:
        assert name not in seen, seen


def record(bench: Bench) -> int:
    bench.form.fill(complete_answers())
    bench.idle()
    bench.window.sending.show_check(bench.form, bench.form.preview.preview)
    bench.window.sending.send()
    bench.until(lambda: bool(bench.rows()))
    bench.idle()
    return bench.rows()[0].id


def lock(bench: Bench) -> None:
    bench.window.lock()
    bench.until(bench.window.sign_in.isVisible)


def printed(bench: Bench) -> int:
    """Return how often the audit says that something was printed."""
    got: list[list[AuditRow]] = []
    bench.office.ask(lambda desk: list(desk._store.audit.rows()), got.append)
    bench.until(lambda: bool(got))
    return sum(row.act == AuditAct.PRINTED.value for row in got[0])


def test_the_lock_takes_away_what_names_a_patient_and_lets_nothing_come_late(bench: Bench) -> None:
    window = bench.window
    record(bench)
    assert any(name in in_view(bench) for name in NAMED), "the toast says whose record was saved"
    lock(bench)
    no_name(bench)
    assert not window.toast.head.text()
    assert not window.toast.accessibleName()

    window.toast.say(
        "Saved: O'NEILL, Rose", "It goes to the practice automatically", 1
    )  # an answer that comes late
    window.banner.say("look", "O'NEILL, Rose: typed after Send", "Look under Drafts")
    no_name(bench)
    window.banner.say("stop", "The disk is full.", "That did not work", for_all=True)
    assert "The disk is full." in in_view(bench)

    window.banner.say("look", "O'NEILL, Rose: typed after Send", "Look under Drafts")
    window.signing_in.let_in(window.context.people[0])
    bench.until(lambda: "typed after Send" in in_view(bench))
    lock(bench)
    no_name(bench)


def test_f12_and_the_lock_at_once_say_no_name(bench: Bench) -> None:
    bench.form.fill(complete_answers())
    bench.idle()
    bench.window.sending.show_check(bench.form, bench.form.preview.preview)
    bench.window.sending.send()
    lock(bench)
    bench.until(lambda: bool(bench.rows()))
    bench.idle()
    no_name(bench)


def test_a_screen_reader_hears_nothing_of_a_page_behind_the_lock(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: heard.append(event.message()))
    words.announce(bench.form, "O'NEILL, Rose")
    assert heard == ["O'NEILL, Rose"]
    lock(bench)
    words.announce(bench.form, "O'NEILL, Rose")
    assert heard == ["O'NEILL, Rose"]


def test_a_dialog_closes_with_the_lock_and_nothing_is_printed_behind_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = record(bench)
    window, painted = bench.window, list[str]()
    window.open_story(made)
    bench.idle()
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", staticmethod(lambda: ["Counter"]))
    monkeypatch.setattr(printing, "paint", lambda _printer, one: painted.append(one.name))

    answer = QDialog.DialogCode.Rejected
    monkeypatch.setattr(QPrintDialog, "exec", lambda _self: answer)
    window.story.paper.printing.emit(How.POST)
    bench.idle()
    assert (painted, printed(bench)) == ([], 0), "who thinks better of it has printed nothing"

    answer = QDialog.DialogCode.Accepted
    window.story.paper.printing.emit(How.POST)
    bench.until(lambda: bool(painted))
    assert (len(painted), printed(bench)) == (1, 1)

    def lock_meanwhile(self: QPrintDialog) -> int:
        QDialog.show(self)
        window.lock()
        assert not self.isVisible(), "the lock closes the dialog"
        return QDialog.DialogCode.Accepted  # as a dialog of the system that stays on top

    monkeypatch.setattr(QPrintDialog, "exec", lock_meanwhile)
    window.story.paper.printing.emit(How.POST)
    bench.until(window.sign_in.isVisible)
    bench.idle()
    assert (len(painted), printed(bench)) == (1, 1)
    assert not [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]


def test_what_was_copied_is_off_the_clipboard_once_the_program_ends(bench: Bench) -> None:
    clipboard = QApplication.clipboard()
    clipboard.setText("9990123020")
    bench.window.close()
    assert clipboard.text() != "9990123020"
