"""Makes a picture of every page in every look: light, dark and high contrast, at normal and twice the size of text."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from digmed_desktop.tour.moves import THE_PACK, THE_SESSION, THIS_VISIT, Moves
from digmed_desktop.tour.player import Player, pause
from digmed_desktop.ui.pages.form_page import FormPage
from digmed_desktop.ui.pages.registry import PLACES
from digmed_desktop.ui.pages.settings.page import SettingsPage
from digmed_desktop.ui.pages.settings.sections import SECTIONS
from digmed_desktop.ui.window import Window

LOOKS = tuple((theme, percent) for percent in (100, 200) for theme in ("light", "dark", "high-contrast"))
SIZE = (1280, 720)


class Tourist:
    """Visits every page of one window; a page that is added to the rail or to the settings is visited too."""

    def __init__(self, window: Window, folder: Path) -> None:
        self.window = window
        self.moves = Moves(window, Player(window, folder))
        self.player = self.moves.player

    def pages(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield the name of every page, and how to come there."""
        yield "sign-in", self._sign_in
        for place in PLACES:
            if place.key == "settings":
                for section in SECTIONS:
                    yield f"settings-{section.key}", partial(self._section, section.key)
                continue
            yield place.key, partial(self._place, place.key)
        yield "form-with-problems", self._problems
        yield "check", self._check
        yield "notification", self._story
        yield "help", self._help

    def prepare(self) -> None:
        """Set the pharmacy up and send one notification, so that lists hold something."""
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
        self.moves.send_for(self.moves.practice.patients[0])
        self.sent = self.moves.newest().id
        form = self.moves.form()
        form.fill({"patient.given": "Half", "patient.family": "Typed"})
        form.next_patient()

    def picture_all(self, folder: Path, say: Callable[[str], None]) -> int:
        """Take every picture; return how many."""
        count = 0
        for theme, percent in LOOKS:
            self.window.context.appearance.set(theme, percent)
            self.window.resize(*SIZE)
            for number, (name, go) in enumerate(self.pages(), 1):
                go()
                pause(250)
                file = folder / f"{theme}-{percent}-{number:02}-{name}.png"
                if not self.window.grab().save(str(file)):
                    raise OSError(f"{file.name} could not be written")
                count += 1
            say(f"{theme}, {percent} %: {number} pages")
        return count

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

    def _form(self) -> FormPage:
        self._inside()
        self.window.go("vaccinate")
        return self.moves.form()

    def _problems(self) -> None:
        form = self._form()
        form.begin()
        form.fill({"patient.nhs_number": "999 012 3021", "patient.date_of_birth": "31/11/1958"})
        pause(600)
        form.form.tell_all()

    def _check(self) -> None:
        form = self._form()
        form.begin()
        patient = self.moves.practice.patients[1]
        form.form.set_answers({**patient.answers, **THIS_VISIT, **THE_PACK, **THE_SESSION}, keep_rest=True)
        form.check_now()
        self.player.wait_for("the check page", self.window.check.isVisible)

    def _story(self) -> None:
        self.window.open_story(self.sent)

    def _help(self) -> None:
        self.window.go("stock")
        self.window.go("help")


def take(window: Window, folder: Path) -> int:
    """Take every picture of every page into ``folder``; return 0."""
    window.show()
    window.activateWindow()
    tourist = Tourist(window, folder)
    tourist.prepare()
    count = tourist.picture_all(folder, lambda line: print(line, flush=True))
    print(f"{count} pictures in {folder}")
    return 0
