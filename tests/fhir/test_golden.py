"""The golden messages, compared canonically, each beside what the GP reads of it.

``NAME.xml`` is the message, ``NAME.txt`` its sections and rows as they are read: a change shows in review in both.
``pytest --new-golden`` writes them anew.
"""

import pytest
from lxml import etree

from digmed_desktop.clinical import known_terms
from digmed_desktop.fhir.editions import all_editions
from digmed_desktop.fhir.reading import read_notification
from tests.fhir.golden_cases import CASES
from tests.golden_files import GOLDEN, kept


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
    xml, text = kept(f"{name}.xml", made), kept(f"{name}.txt", as_read(made))
    assert as_read(made) == text
    assert etree.canonicalize(made.decode(), strip_text=True) == etree.canonicalize(xml, strip_text=True)


def test_there_is_a_golden_message_of_every_edition_and_none_without_a_case() -> None:
    assert {f"edition-{one.id}" for one in all_editions()} <= set(CASES)
    assert {file.name.rsplit(".", 1)[0] for file in GOLDEN.glob("*.xml")} == set(CASES)
    assert {file.name.rsplit(".", 1)[0] for file in GOLDEN.glob("*.txt")} >= set(CASES)


def test_no_golden_message_has_a_code_that_no_source_proves_current() -> None:
    assert known_terms.unconfirmed_codes()
    for file in GOLDEN.glob("*.xml"):
        text = file.read_text(encoding="utf-8")
        assert not [code for code in known_terms.unconfirmed_codes() if f'"{code}"' in text], file.name
