"""The folder for an onboarding assessor: every page in one run, and the first with links to all."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from digmed_desktop import __version__
from digmed_desktop.clinical import rule_tables
from digmed_desktop.evidence import codes, delivery, messages
from digmed_desktop.evidence.pages import EvidencePage, write_page
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.whole_file import folder_for_files

NOT_TRIED = "not-tried"
"""The text of the help that lists what was never tried live."""
_RULES = "rules-"
"""How the names of pages of rules begin."""
_LEAD = """This folder was written by the program itself. Its patients, people and practices are fictional, with NHS numbers
from the 999 range. Nobody outside the project has assessed it, and no pharmacist has confirmed a rule."""


class FolderNotEmptyError(DigMedError):
    """Something lies in the folder that is asked for."""


def write_all(folder: Path, validator: Path | None) -> Iterator[EvidencePage]:
    """Write each page and yield it. Raises NotStoredError where the disk refuses."""
    makers: tuple[Callable[[], EvidencePage], ...] = (
        lambda: messages.page(folder, validator),
        codes.page,
        delivery.page,
        _hazards,
        *(_rules(topic) for topic in rule_tables.TABLES),
        _not_tried,
    )
    for make in makers:
        page = make()
        write_page(folder, page)
        yield page


def write(folder: Path, validator: Path | None) -> Iterator[str]:
    """Write the folder and yield a line for each page. Raises FolderNotEmptyError, FileNotWrittenError, NotStoredError."""
    folder_for_files(folder)
    if any(folder.iterdir()):
        raise FolderNotEmptyError(f"{folder} is not empty.", "Name a folder that is new or empty.")
    made: list[EvidencePage] = []
    for page in write_all(folder, validator):
        made.append(page)
        yield f"{page.name}.html: {page.title}"
    index = EvidencePage("index", "Evidence", "", _index(made))
    write_page(folder, index)
    yield f"index.html: {len(made)} pages. Open it in a web browser."


def _index(made: list[EvidencePage]) -> str:
    when = f"Made on {datetime.now(UTC):%d %B %Y at %H:%M} UTC by DigMed Desktop {__version__}."
    rules = [page for page in made if page.name.startswith(_RULES)]
    others = [page for page in made if page not in rules]
    parts = [
        f"# Evidence\n\n{_LEAD}\n\n{when}",
        _links(others),
        "## Rules with their sources and standing",
        _links(rules),
    ]
    return "\n\n".join(parts) + "\n"


def _links(pages: list[EvidencePage]) -> str:
    """Return a list of links, each with what its page shows where the list does not say it."""
    named = ((f"[{page.title}]({page.name}.html)", page.about) for page in pages)
    return "\n".join(f"- {link}: {about}" if about else f"- {link}" for link, about in named)


def _hazards() -> EvidencePage:
    text = rule_tables.text(rule_tables.HAZARDS)
    return EvidencePage("hazards", "Hazard log", "causes, controls with their tests, and what remains", text)


def _rules(topic: str) -> Callable[[], EvidencePage]:
    title = rule_tables.TABLES[topic][0]
    return lambda: EvidencePage(f"{_RULES}{topic}", title, "", rule_tables.text(topic))


def _not_tried() -> EvidencePage:
    text = rule_tables.text(NOT_TRIED)
    return EvidencePage(NOT_TRIED, "Never tried live", "what nobody has seen this program do", text)
