"""The golden messages, compared canonically, each beside what the GP reads of it.

``NAME.xml`` is the message, ``NAME.txt`` its sections and rows as they are read: a change shows in review in both.
DIGMED_NEW_GOLDEN=1 writes them anew.
"""

import os
from pathlib import Path

import pytest
from lxml import etree

from digmed_desktop.fhir.editions import all_editions
from digmed_desktop.fhir.reading import read_notification
from tests.fhir.golden_cases import CASES

GOLDEN = Path(__file__).parent.parent / "golden"


def as_read(xml: bytes) -> str:
    """What stands in front of the GP, as plain text."""
    read = read_notification(xml)
    out = [read.title, f"status {read.status}" + (f", replaces {read.replaces}" if read.replaces else "")]
    for section in read.sections:
        out += ["", section.title, "-" * len(section.title)]
        for label, lines in section.rows:
            out += [f"{label}: {lines[0] if lines else ''}", *(f"    {line}" for line in lines[1:])]
    return "\n".join(out) + "\n"


@pytest.mark.parametrize("name", CASES)
def test_the_message_is_that_of_its_golden_file(name: str) -> None:
    made = CASES[name]().payload
    xml, text = GOLDEN / f"{name}.xml", GOLDEN / f"{name}.txt"
    if os.environ.get("DIGMED_NEW_GOLDEN"):
        xml.write_bytes(made)
        text.write_text(as_read(made), "utf-8")
    assert as_read(made) == text.read_text("utf-8")
    assert etree.canonicalize(made.decode(), strip_text=True) == etree.canonicalize(
        xml.read_text("utf-8"), strip_text=True
    )


def test_there_is_a_golden_message_of_every_edition_and_none_without_a_case() -> None:
    assert {f"edition-{one.id}" for one in all_editions()} <= set(CASES)
    assert {file.name.rsplit(".", 1)[0] for file in GOLDEN.glob("*.xml")} == set(CASES)
    assert {file.name.rsplit(".", 1)[0] for file in GOLDEN.glob("*.txt")} >= set(CASES)
