"""The commands ``hazards`` and ``evidence``. Neither opens the records of a pharmacy."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from digmed_desktop.clinical import rule_tables
from digmed_desktop.data_files.fault import DataFileError
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.whole_file import whole_file


def run(command: str, words: list[str]) -> int:
    """Run one of :data:`COMMANDS`; return the exit status."""
    try:
        return COMMANDS[command](words)
    except (DigMedError, DataFileError) as error:
        print(error, file=sys.stderr)
        return 1


def _hazards(words: list[str]) -> int:
    grammar = argparse.ArgumentParser(
        prog="digmed-desktop hazards",
        description="Prints the hazard log: each hazard with cause, effect, ratings, controls with their tests, and the "
        "risk that remains. Its ratings are proposals for a clinical safety officer.",
    )
    grammar.add_argument(
        "--out", type=Path, metavar="FILE", help="write it as a document: FILE.pdf, FILE.html or FILE.md"
    )
    asked = grammar.parse_args(words)
    text = rule_tables.text(rule_tables.HAZARDS)
    if asked.out is None:
        print(text, end="")
        return 0
    writer = WRITERS.get(asked.out.suffix.lower())
    if writer is None:
        grammar.error(f"the name of the file ends in none of {', '.join(WRITERS)}")
    content = writer(text)
    with whole_file(asked.out) as file:
        file.write(content)
    return 0


def _pdf(text: str) -> bytes:
    from digmed_desktop.paper import guide
    from digmed_desktop.paper.pdf import pdf

    return pdf(guide.read(text))


def _html(text: str) -> bytes:
    from digmed_desktop.paper import guide, printing

    return printing.page(guide.read(text)).encode()


WRITERS: dict[str, Callable[[str], bytes]] = {".pdf": _pdf, ".html": _html, ".md": str.encode}
"""Writers of Markdown text, by suffix."""
COMMANDS: dict[str, Callable[[list[str]], int]] = {"hazards": _hazards}
