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
    from digmed_desktop.evidence.pages import web_page

    return web_page(text).encode()


def _evidence(words: list[str]) -> int:
    from digmed_desktop.evidence import assessor, validator

    grammar = argparse.ArgumentParser(
        prog="digmed-desktop evidence",
        description="Writes a folder of web pages for an onboarding assessor. It contains messages of every edition "
        "with the checks' report, and response codes with their states. It also contains delivery under "
        "fault, the hazard log, rules with their sources, and the list of things never "
        "tried. All patients are fictional; the records of this computer are not opened.",
    )
    grammar.add_argument("folder", type=Path, metavar="OUT", help="a folder that is new or empty")
    grammar.add_argument(
        "--validator",
        type=Path,
        metavar="COMMAND",
        help=f"HL7's validator as a command that takes files; otherwise the one that {validator.VARIABLE} names",
    )
    asked = grammar.parse_args(words)
    if asked.validator is not None and not asked.validator.is_file():
        grammar.error("the validator is not there: name a file that can be run")
    for line in assessor.write(asked.folder, validator.command(asked.validator)):
        print(line, flush=True)
    return 0


WRITERS: dict[str, Callable[[str], bytes]] = {".pdf": _pdf, ".html": _html, ".md": str.encode}
"""Writers of Markdown text, by suffix."""
COMMANDS: dict[str, Callable[[list[str]], int]] = {"hazards": _hazards, "evidence": _evidence}
