"""The messages of every edition, made of the program's own examples, with the report of the checks."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from digmed_desktop import resources
from digmed_desktop.clinical import json_record
from digmed_desktop.clinical.table_text import table
from digmed_desktop.demo.world import load_world
from digmed_desktop.evidence import validator as hl7
from digmed_desktop.evidence.pages import EvidencePage, write
from digmed_desktop.fhir import editions
from digmed_desktop.fhir.checks import check
from digmed_desktop.fhir.edition import Edition
from digmed_desktop.fhir.frame import MessageFrame
from digmed_desktop.fhir.items import Record, kind_of
from digmed_desktop.fhir.message import IncompleteRecordError, build
from digmed_desktop.messaging.sending import FrozenMessage

FOLDER = "messages"


@dataclass(frozen=True, slots=True, repr=False)
class _Made:
    """A message in an edition, or why it goes on paper."""

    edition: Edition
    example: str
    findings: tuple[str, ...] = ()
    why_paper: str = ""

    @property
    def file(self) -> str:
        """The name of its file; each is unlike any other."""
        return f"{self.edition.id}_{self.example}.xml"


def examples() -> Iterator[tuple[str, Record]]:
    """Yield the records that come with the program, each with its name. Their patients are fictional."""
    for name in resources.names("examples", ".json"):
        yield Path(name).stem, json_record.read(resources.text(name))


def message(record: Record, edition: Edition, now: datetime) -> FrozenMessage:
    """Return the message of a record from practice mode's pharmacy. Raises IncompleteRecordError."""
    frame = MessageFrame(
        edition=edition,
        mailbox=load_world().pharmacy_mailbox,
        now=now,
        new_id=lambda: str(uuid.uuid4()),
        sender_reference=str(uuid.uuid4()),
    )
    return build(record, frame)


def page(folder: Path, validator: Path | None) -> EvidencePage:
    """Write every message into the folder, and return the page of the checks' report. Raises NotStoredError."""
    made = list(_write_all(folder))
    sent = [one for one in made if not one.why_paper]
    verdicts = hl7.judged(validator, [folder / FOLDER / one.file for one in sent]) if validator else {}
    parts = [
        "# Messages of every edition",
        "Each example of the program in each edition of its notification. The ids and times are new in "
        "each run. The program checks every message against the profiles, the guide and its own text "
        "before sending.",
        _summary(sent, verdicts, there=validator is not None),
    ]
    for edition in editions.all_editions():
        rows = [_row(one, verdicts, there=validator is not None) for one in made if one.edition is edition]
        head = ("Example", "Message", "The program's own checks", "HL7's validator")
        parts += [f"## {edition.id}", table(head, rows)]
    return EvidencePage(
        "messages",
        "Messages of every edition",
        f"{len(sent)} messages with the report of the checks",
        "\n\n".join(parts),
    )


def _write_all(folder: Path) -> Iterator[_Made]:
    now = datetime.now(UTC)
    for name, record in examples():
        for edition in editions.all_editions():
            if edition.kind is not kind_of(record):
                continue
            try:
                payload = message(record, edition, now).payload
            except IncompleteRecordError as refused:
                yield _Made(edition, name, why_paper=refused.problems[0].sentence)
                continue
            found = tuple(f"{one.path}: {one.sentence}" for one in check(payload))
            made = _Made(edition, name, found)
            write(folder, f"{FOLDER}/{made.file}", payload)
            yield made


def _summary(sent: list[_Made], verdicts: dict[str, hl7.Verdict], *, there: bool) -> str:
    clean = sum(not one.findings for one in sent)
    own = f"The program's own checks find nothing in {clean} of {len(sent)} messages."
    if not there:
        return (
            f"{own} **HL7's validator was not available, so it checked nothing.** Name its command with --validator, or "
            f"in the variable {hl7.VARIABLE}."
        )
    passed = sum(verdicts[one.file].passed for one in sent if one.file in verdicts)
    silent = len(sent) - sum(one.file in verdicts for one in sent)
    none = f" It gave no verdict on {silent}." if silent else ""
    return f"{own} HL7's validator passes {passed} of {len(sent)}.{none}"


def _row(one: _Made, verdicts: dict[str, hl7.Verdict], *, there: bool) -> tuple[str, str, str, str]:
    if one.why_paper:
        return one.example, f"Goes on paper: {one.why_paper}", "–", "–"
    own = "; ".join(one.findings) or "Nothing found"
    verdict = verdicts.get(one.file)
    if verdict is None:
        theirs = "No verdict" if there else "Not there"
    else:
        theirs = "Passes" if verdict.passed else f"Fails: {'; '.join(verdict.findings)}"
    return one.example, f"[XML]({FOLDER}/{one.file})", own, theirs
