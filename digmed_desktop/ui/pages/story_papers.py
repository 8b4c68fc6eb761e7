"""Take a notification out of the program: a paper copy as PDF or from the printer, and the record as JSON."""

from collections.abc import Callable

from digmed_desktop.clinical import dates
from digmed_desktop.desk.views.sent import How, Printed
from digmed_desktop.ui import files, printing
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.long_work import LongWork

PRINTED = "Sent to the printer. When you have sent the copy, record it as sent."


class StoryPapers:
    """Belongs to the page of a notification; :class:`LongWork` says there how it went."""

    def __init__(self, context: Context, work: LongWork, in_view: Callable[[int], bool]) -> None:
        """``in_view``: whether somebody looks at a notification now; what ends late prints over no other page."""
        self._context, self._work, self._in_view = context, work, in_view

    def save_copy(self, shown: int, how: How) -> None:
        """Ask for a place and write the paper copy there."""
        by = self._name()
        path = files.ask_where(
            self._work, "Save the paper copy", self._file_name("notification", shown), files.PDF
        )
        if path is not None:
            self._work.run(
                "Making the document",
                lambda desk, _p: desk.papers.save(desk.papers.copy(shown, how, by), path),
                lambda _n: f"Saved as {path.name}. When you have sent it, record it as sent.",
            )

    def print_copy(self, shown: int, how: How) -> None:
        """Lay the paper copy out and print it, unless the page has gone meanwhile."""
        by, name = self._name(), self._file_name("notification", shown)
        self._context.office.ask(
            lambda desk: desk.papers.printed(desk.papers.copy(shown, how, by), name),
            lambda printed: self._print(printed) if self._in_view(shown) else None,
        )

    def _print(self, printed: Printed) -> None:
        printing.print_on_paper(
            self._context,
            self._work,
            printed,
            lambda error: self._work.say(str(error), "look"),
            lambda: self._work.say(PRINTED),
        )

    def save_record(self, shown: int) -> None:
        """Ask for a place and write the record there as JSON."""
        path = files.ask_where(
            self._work, "Save the record as JSON", self._file_name("record", shown), files.JSON
        )
        if path is not None:
            self._work.run(
                "Writing the record",
                lambda desk, _p: desk.acts.save_record(shown, path),
                lambda _n: f"Saved as {path.name}.",
            )

    def _file_name(self, subject: str, shown: int) -> str:
        day = self._context.now().astimezone(dates.ENGLAND).date().isoformat()
        return f"{subject}-{shown:06d}-{day}"

    def _name(self) -> str:
        person = self._context.acting.person
        return person.professional.name.spoken() if person else ""
