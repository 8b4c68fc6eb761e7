"""Messages of others, mutated, through ``check``: findings or the reader's own error."""

from pathlib import Path

from lxml import etree

from digmed_desktop.fhir.checks import check
from digmed_desktop.fhir.parsing import NotReadableError
from tests.fhir.golden_cases import message
from tests.fhir.records import supply, vaccination
from tests.long import mutations
from tests.long.registry import LongCheck, Outcome, Size


def run(size: Size, _folder: Path) -> Outcome:
    """Check mutated messages of both notifications."""
    whole = [etree.fromstring(message(record).payload) for record in (vaccination(), supply())]
    reader = mutations.Reader(
        check, (NotReadableError,), lambda chance: mutations.changed_xml(chance.choice(whole), chance)
    )
    return mutations.run(reader, size)


CHECK = LongCheck("a mutated message ends in findings or in the reader's own error", Size(10_000), run)
