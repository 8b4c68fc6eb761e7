"""Makes a picture of every page in six looks: three themes, three sizes of the window, and text at 200 %."""

import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtGui import QImage

from digmed_desktop.tour.counter_scenes import SETTLED_MS, CounterScenes
from digmed_desktop.tour.moves import Moves
from digmed_desktop.tour.player import Player, pause
from digmed_desktop.tour.record_scenes import RecordScenes
from digmed_desktop.ui.pages.registry import PLACES
from digmed_desktop.ui.pages.settings.page import SettingsPage
from digmed_desktop.ui.pages.settings.sections import SECTIONS
from digmed_desktop.ui.window import Window

SMALL, LARGE, WIDE = (1280, 720), (1920, 1080), (2560, 1440)
LOOKS = (
    (SMALL, "light", 100),
    (LARGE, "light", 100),
    (SMALL, "light", 200),
    (SMALL, "dark", 100),
    (SMALL, "high-contrast", 100),
    (WIDE, "light", 100),
)
"""Size of the window, theme, and size of the text in per cent."""
SMALLEST = 0  # Qt's quality of a PNG: as few bytes as it can have
FIRST = ("first-run", "recovery-phrase")
"""Pages that are there once, before anybody has signed in."""
BARE = ("sign", "sent", "replies", "register", "stock", "drafts", "incidents", "pgds", "today")
"""Places of the rail that are shown with nothing in them too."""
DOCUMENTED = {
    "vaccinate": "form",
    "notification": "paper",
    "guide-form": "form",
    "guide-check": "check",
    "guide-sent": "sent",
}
"""The pictures of README and the guides in resources/pictures, each with the page that it shows."""


Page = tuple[str, Callable[[], None]]
"""The name of a page, and how to come there."""


def _stay() -> None:
    """Stay at the page in view."""


class Tourist:
    """Visits every page of one window; a page that is added to the rail or to the settings is visited too."""

    def __init__(self, window: Window, folder: Path) -> None:
        self.window = window
        self.moves = Moves(window, Player(window, folder))
        self.player = self.moves.player
        self.counter = CounterScenes(self.moves, self._inside)
        self.records = RecordScenes(self.counter, self.moves)
        self._count = 0

    def pages(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield the name of every page of a pharmacy at work, and how to come there."""
        yield "sign-in", self._sign_in
        for place in PLACES:
            if place.key == "settings":
                for section in SECTIONS:
                    yield f"settings-{section.key}", partial(self._section, section.key)
                continue
            yield place.key, partial(self._place, place.key)
        yield from self.counter.pages()
        yield from self.records.pages()
        yield "help", self._help
        yield "palette", self._palette

    @staticmethod
    def bare() -> tuple[str, ...]:
        """Return the names of the pages that are shown before anything is recorded."""
        return (*FIRST, *(f"{key}-empty" for key in BARE))

    def prepare(self) -> None:
        """Set the pharmacy up and send three notifications."""
        for _name, go in self._first():
            go()
        self._come_in_first()
        self.counter.prepare()

    def picture_all(self, folder: Path, only: Collection[str], say: Callable[[str], None]) -> int:
        """Take the pictures of all pages, or of those named in ``only``; return how many."""
        for name, go in self._first():
            self._picture_in_each_look(folder, [(name, _stay)], only)
            go()
        self._come_in_first()
        empty = [(f"{key}-empty", partial(self._place, key)) for key in BARE]
        say(f"{self._picture_in_each_look(folder, empty, only)} pictures of a pharmacy that begins")
        self.counter.prepare()
        self.records.prepare()
        say(f"{self._picture_in_each_look(folder, [*self.pages()], only)} pictures in all")
        return self._count

    def _first(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield the pages before signing in, each in view, and how to go on from it."""
        window, player = self.window, self.player
        player.wait_for("first run", lambda: window.first_run is not None and window.first_run.isVisible())
        page = window.first_run
        assert page is not None  # noqa: S101 - waited for
        yield FIRST[0], page.save.click
        player.wait_for("the recovery phrase", window.recovery.isVisible)
        yield FIRST[1], window.recovery.later.click
        player.wait_for("signing in", window.sign_in.isVisible)

    def _come_in_first(self) -> None:
        self._come_in()
        self.player.wait_for(
            "the form", lambda: self.window.vaccinate is not None and self.window.vaccinate.isVisible()
        )

    def _picture_in_each_look(self, folder: Path, pages: Sequence[Page], only: Collection[str]) -> int:
        """Take the pictures of pages, those named in ``only`` where there are any; return how many there are by now."""
        names = [*self.bare(), *(name for name, _go in self.pages())]
        wanted = [(name, go) for name, go in pages if not only or name in only]
        for size, theme, percent in LOOKS if wanted else ():
            self.window.context.appearance.set(theme, percent)
            self.window.resize(*size)
            for name, go in wanted:
                self.window.counter.idle_lock.touched()  # or it locks in the middle of a page
                go()
                self._settle()
                file = folder / f"{size[0]}-{theme}-{percent}-{names.index(name) + 1:02}-{name}.png"
                if not self.window.grab().save(str(file)):
                    raise OSError(f"{file.name} could not be written")
                self._count += 1
        self.window.context.appearance.set("light", 100)
        self.window.resize(*SMALL)
        return self._count

    def _settle(self) -> None:
        """Wait until what the page asked for has come, and what that led it to ask."""
        for _ in range(2):
            answered: list[int] = []
            self.moves.office.ask(lambda _desk: 1, answered.append)
            self.player.wait_for("the page to be filled", lambda: bool(answered))  # noqa: B023 - called at once
        pause(250)

    def picture_documented(self, folder: Path) -> int:
        """Take the pictures that README and the guides show, under the names they have there; return how many."""
        self.window.context.appearance.set("light", 100)
        self.window.resize(*SMALL)
        ways = dict(self.pages())
        for name, page in DOCUMENTED.items():
            self.window.counter.idle_lock.touched()
            ways[page]()
            self.window.toast.hide()
            self._settle()
            pause(SETTLED_MS)
            image = self.window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
            if not image.save(str(folder / f"{name}.png"), "PNG", SMALLEST):  # type: ignore[call-overload]
                raise OSError(f"{name}.png could not be written")
        return len(DOCUMENTED)

    # ---- ways to pages

    def _come_in(self) -> None:
        self.window.sign_in.choose(self.window.context.people[0])
        self.moves.sign_in(self.moves.practice.pins[0][1])

    def _sign_in(self) -> None:
        self.window.lock()

    def _inside(self) -> None:
        if self.window.context.acting.person is None:
            self._come_in()

    def _place(self, key: str) -> None:
        self._inside()
        self.window.go(key)

    def _section(self, key: str) -> None:
        self._place("settings")
        page = self.window.page("settings")
        if isinstance(page, SettingsPage):
            page.section(key)

    def _help(self) -> None:
        self._place("stock")
        self.window.go("help")

    def _palette(self) -> None:
        self._place("today")
        palette = self.window.find_or_do.palette
        palette.put_away()
        self.window.find_or_do.open()
        palette.line.setText("re")
        self.player.wait_for("what fits", lambda: palette.list.count() > 0)


def take(window: Window, folder: Path, only: Collection[str] = (), *, documented: bool = False) -> int:
    """Take every picture of every page, or of those named, into ``folder``; return 0, or 2 for an unknown page.

    ``documented``: only those that README and the guides show, under their names.
    """
    tourist = Tourist(window, folder)
    known = [*tourist.bare(), *(name for name, _go in tourist.pages())]
    if missing := sorted(set(only) - set(known)):
        print(f"There is no page {', '.join(missing)}. The pages are: {', '.join(known)}.", file=sys.stderr)
        return 2
    window.show()
    window.activateWindow()
    with tempfile.TemporaryDirectory() as aside:  # for what else the tour writes
        (Path(aside) / "messages").mkdir()
        tourist = Tourist(window, Path(aside))
        if documented:
            tourist.prepare()
            count = tourist.picture_documented(folder)
        else:
            count = tourist.picture_all(folder, only, lambda line: print(line, flush=True))
    print(f"{count} pictures in {folder}")
    return 0
