"""Makes a picture of every page in every look: three themes, two sizes of text, two sizes of the window."""

import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtGui import QImage

from digmed_desktop.tour.counter_scenes import SETTLED_MS, CounterScenes
from digmed_desktop.tour.moves import Moves
from digmed_desktop.tour.player import Player, pause
from digmed_desktop.ui.pages.registry import PLACES
from digmed_desktop.ui.pages.settings.page import SettingsPage
from digmed_desktop.ui.pages.settings.sections import SECTIONS
from digmed_desktop.ui.window import Window

LOOKS = tuple((theme, percent) for percent in (100, 200) for theme in ("light", "dark", "high-contrast"))
SIZES = ((1280, 720), (1920, 1080))
SMALLEST = 0  # Qt's quality of a PNG: as few bytes as it can have
DOCUMENTED = {
    "vaccinate": "form",
    "notification": "paper",
    "guide-form": "form",
    "guide-check": "check",
    "guide-sent": "sent",
}
"""The pictures of README and the guides in resources/pictures, each with the page that it shows."""


class Tourist:
    """Visits every page of one window; a page that is added to the rail or to the settings is visited too."""

    def __init__(self, window: Window, folder: Path) -> None:
        self.window = window
        self.moves = Moves(window, Player(window, folder))
        self.player = self.moves.player
        self.counter = CounterScenes(self.moves, self._inside)

    def pages(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield the name of every page, and how to come there."""
        yield "sign-in", self._sign_in
        for place in PLACES:
            if place.key == "settings":
                for section in SECTIONS:
                    yield f"settings-{section.key}", partial(self._section, section.key)
                continue
            yield place.key, partial(self._place, place.key)
        yield from self.counter.pages()
        yield "help", self._help
        yield "palette", self._palette

    def prepare(self) -> None:
        """Set the pharmacy up and send two notifications, one to a practice and one for paper."""
        window, player = self.window, self.player
        player.wait_for("first run", lambda: window.first_run is not None and window.first_run.isVisible())
        page = window.first_run
        assert page is not None  # noqa: S101 - waited for
        page.save.click()
        player.wait_for("the recovery phrase", window.recovery.isVisible)
        window.recovery.later.click()
        player.wait_for("signing in", window.sign_in.isVisible)
        self._come_in()
        player.wait_for("the form", lambda: window.vaccinate is not None and window.vaccinate.isVisible())
        self.counter.prepare()

    def picture_all(self, folder: Path, only: Collection[str], say: Callable[[str], None]) -> int:
        """Take the pictures of all pages, or of those named in ``only``; return how many."""
        wanted = [name for name, _go in self.pages() if not only or name in only]
        count = 0
        for size in SIZES:
            for theme, percent in LOOKS:
                self.window.context.appearance.set(theme, percent)
                self.window.resize(*size)
                for number, (name, go) in enumerate(self.pages(), 1):
                    if name not in wanted:
                        continue
                    self.window.counter.idle_lock.touched()  # or it locks in the middle of a page
                    go()
                    pause(250)
                    file = folder / f"{size[0]}-{theme}-{percent}-{number:02}-{name}.png"
                    if not self.window.grab().save(str(file)):
                        raise OSError(f"{file.name} could not be written")
                    count += 1
                say(f"{size[0]}x{size[1]}, {theme}, {percent} %: {len(wanted)} pages")
        return count

    def picture_documented(self, folder: Path) -> int:
        """Take the pictures that README and the guides show, under the names they have there; return how many."""
        self.window.context.appearance.set("light", 100)
        self.window.resize(*SIZES[0])
        ways = dict(self.pages())
        for name, page in DOCUMENTED.items():
            self.window.counter.idle_lock.touched()
            ways[page]()
            self.window.toast.hide()
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
    known = [name for name, _go in tourist.pages()]
    if missing := sorted(set(only) - set(known)):
        print(f"There is no page {', '.join(missing)}. The pages are: {', '.join(known)}.", file=sys.stderr)
        return 2
    window.show()
    window.activateWindow()
    if documented:
        with tempfile.TemporaryDirectory() as aside:  # for what else the tour writes
            tourist = Tourist(window, Path(aside))
            (Path(aside) / "messages").mkdir()
            tourist.prepare()
            count = tourist.picture_documented(folder)
    else:
        (folder / "messages").mkdir(exist_ok=True)
        tourist.prepare()
        count = tourist.picture_all(folder, only, lambda line: print(line, flush=True))
    print(f"{count} pictures in {folder}")
    return 0
