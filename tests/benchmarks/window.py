"""A real window over real records, for what a person feels: signed in, in a folder of its own."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QFontDatabase
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from digmed_desktop import resources
from digmed_desktop.background.office import Office
from digmed_desktop.desk.forms.pending_send import PendingSend, PendingSendFile
from digmed_desktop.settings.choices import Choices
from digmed_desktop.tour.player import pause
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.form_page import FormPage
from digmed_desktop.ui.theme import Appearance
from digmed_desktop.ui.window import Window
from tests.first_run import FIRST_RUN
from tests.ui.conftest import FixedClock, open_desk_in

PATIENCE = 120.0


def until(seen: Callable[[], bool]) -> None:
    """Let the window live until something is seen."""
    end = time.monotonic() + PATIENCE
    while not seen():
        assert time.monotonic() < end, "not seen"
        pause(1)


@dataclass
class Shown:
    """The window, and its office."""

    window: Window
    office: Office

    def form(self, place: str) -> FormPage:
        """Bring a form into view and return it."""
        self.window.go(place)
        page = self.window.page(place)
        assert isinstance(page, FormPage)
        self.idle()
        return page

    def idle(self) -> None:
        """Wait until everything asked of the office so far was answered."""
        answered: list[int] = []
        self.office.ask(lambda _desk: 1, answered.append)
        self.office._previews.ask(lambda: 1, answered.append, lambda _error: answered.append(0))
        until(lambda: len(answered) == 2)


@contextlib.contextmanager
def window(folder: Path) -> Iterator[Shown]:
    """Yield a window with the pharmacy set up and its manager signed in."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication([])
    for name in resources.names("fonts", ".ttf"):
        QFontDatabase.addApplicationFont(str(resources.path(name)))
    clock, choices = FixedClock(), Choices()
    desk = open_desk_in(folder, clock, choices)
    assert desk.people.first_run(FIRST_RUN) == ()
    desk.close()
    office = Office(lambda: open_desk_in(folder, clock, choices), 20)
    pending = PendingSendFile(folder)
    made = Window(
        Context(
            office=office,
            appearance=Appearance(application, "light", 100, "Open Sans"),
            now=clock.now,
            save_appearance=lambda _theme, _percent: None,
            note_send=lambda draft, form, by: pending.write(PendingSend(draft, form, by)),
            choices=choices,
        )
    )
    ready: list[int] = []
    warm: list[int] = []
    made.ready.connect(lambda: ready.append(1))
    office.warm.connect(lambda: warm.append(1))
    made.resize(1280, 720)
    made.show()
    office.open()
    until(lambda: bool(ready and warm))
    made.activateWindow()
    shown = Shown(made, office)
    made.signing_in.let_in(made.context.people[0])
    until(lambda: made.pages.currentWidget() in made._made.values())
    shown.idle()
    try:
        yield shown
    finally:
        made.close()
        office.close()


@dataclass(frozen=True)
class Pressed:
    """What a key took, in ms: until its preview and problems were drawn, of the program's processor, and the key itself."""

    whole: float
    processor: float
    key: float


def shown_after_key(form: FormPage, field: str, sign: str) -> Pressed:
    """Press a key in a question, and wait until its preview and problems are drawn."""
    loop, drawn = QEventLoop(), form._previewed
    answers = form.form.fields[field].editor

    def previewed(preview: object, of: object = None) -> None:
        drawn(preview, of)  # type: ignore[arg-type] # handed on as it came
        if isinstance(of, dict) and of.get(field) == answers.answer():
            QTimer.singleShot(0, lambda: QTimer.singleShot(0, loop.quit))  # after layout and paint

    form._previewed = previewed  # type: ignore[method-assign] # to see when it is done
    QTimer.singleShot(int(PATIENCE * 1000), loop, lambda: loop.exit(1))
    began, processor = time.perf_counter(), time.process_time()
    QTest.keyClicks(answers.parts()[0], sign)
    key = time.perf_counter()
    assert loop.exec() == 0, "no preview came"
    ended, took = time.perf_counter(), time.process_time() - processor
    form._previewed = drawn  # type: ignore[method-assign] # as before
    return Pressed((ended - began) * 1000, took * 1000, (key - began) * 1000)
