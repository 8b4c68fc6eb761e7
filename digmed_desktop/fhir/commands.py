"""The command line's ``build`` and ``check``: record to message, and the checks of any message."""

import argparse
import sys
import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from digmed_desktop import untrusted
from digmed_desktop.clinical import json_record, known_terms
from digmed_desktop.clinical.dates import EARLIEST_YEAR, LATEST_YEAR, is_in_calendar
from digmed_desktop.clinical.record import VaccinationRecord
from digmed_desktop.clinical.record_judgement import Judgement
from digmed_desktop.fhir.checks import check
from digmed_desktop.fhir.edition import Edition
from digmed_desktop.fhir.editions import UnknownEditionError, default_for, load
from digmed_desktop.fhir.frame import MessageFrame
from digmed_desktop.fhir.items import Record, kind_of
from digmed_desktop.fhir.message import build
from digmed_desktop.fhir.parsing import MAX_BYTES, NotReadableError
from digmed_desktop.fhir.problems import problems_of
from digmed_desktop.fhir.rules import UUID
from digmed_desktop.messaging.whole_file import FileNotWrittenError, whole_file
from digmed_desktop.settings.shapes import is_mailbox

Judge = Callable[[Record, Collection[str], datetime], Judgement]
"""Judges a record by the rules of its form: the record, the fields that its file has, and when it is used."""
GOES_AS_TEXT = "No source proves this code current, so the product goes as text."
FOUND, UNREADABLE = 1, 2
MAILBOX_WHEN_UNKNOWN = "MAILBOX-NOT-SET"


class RefusedFileError(Exception):
    """The request cannot be met: pairs of place and reason."""

    def __init__(self, *faults: tuple[str, str]) -> None:
        super().__init__("refused")
        self.faults = faults


def build_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``build``."""
    parser.description = (
        "Writes the message of a record. It refuses what the form refuses: texts, names, numbers, dates and amounts that "
        "it does not accept, and answers that contradict each other. It also refuses what law and rules forbid, "
        "and a warning without a reason in the record. A record should state whatever the form asks for, such as the "
        "programme, the legal basis, the identity check and the screening. No rule judges an answer that it leaves out. "
        "A line on standard error names it, unless not_stated lists the field with the reason. Three things are always "
        "needed: an answer for the message, consent to what was done, and an answer that another one asks for. A product "
        "whose code no source proves current goes as text, with a line on standard error. The command does not look at "
        "stock, PGDs or earlier records of the patient. "
        "Exit status 2 when the record or an argument is refused."
    )
    parser.add_argument(
        "record", type=Path, metavar="RECORD.json", help="a record in the program's JSON format"
    )
    parser.add_argument(
        "--edition", metavar="ID", help="the edition of the message; otherwise the default of its kind"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="where to write the message; otherwise standard output"
    )
    parser.add_argument("--ids", type=Path, metavar="FILE", help="a JSON list of UUIDs, used in their order")
    parser.add_argument(
        "--at", metavar="TIME", help="when the message is made, such as 2026-10-14T14:10:00+01:00"
    )
    parser.add_argument("--mailbox", default=MAILBOX_WHEN_UNKNOWN, help="the sender's MESH mailbox id")


def check_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``check``."""
    parser.description = (
        "Applies the program's own checks to messages and answers. Exit status 0 when nothing is found, 1 with findings, "
        "2 when a file cannot be read."
    )
    parser.add_argument("messages", type=Path, nargs="+", metavar="MESSAGE.xml", help="messages or responses")


def build_command(args: argparse.Namespace, judge: Judge) -> int:
    """Write the message of a record. Exit status 0, or 2 with each problem on its own line as ``path:
    sentence``.

    With ``--ids`` and ``--at`` the same record gives the same bytes; the first id is the sender's
    reference, then the ids of the message in their order.
    """
    try:
        payload = _built(args, judge)
        if args.out is None:
            sys.stdout.buffer.write(payload)
        else:
            _write(args.out, payload)
    except RefusedFileError as refused:
        for where, sentence in refused.faults:
            print(f"{where}: {sentence}", file=sys.stderr)
        return UNREADABLE
    return 0


def check_command(args: argparse.Namespace) -> int:
    """Check messages. Exit status 0 when nothing is found, 1 with findings, 2 when one cannot be read."""
    status = 0
    for file in args.messages:
        try:
            findings = check(bytes_of(file))
        except RefusedFileError as refused:
            print(f"{file}: {refused.faults[0][1]}", file=sys.stderr)
            status = UNREADABLE
            continue
        except NotReadableError as fault:
            print(f"{file}: {fault}", file=sys.stderr)
            status = UNREADABLE
            continue
        for finding in findings:
            cause = f" [{finding.attribute}]" if finding.attribute else ""
            print(f"{file}: {finding.path}: {finding.sentence}{cause}")
        if not findings:
            print(f"{file}: nothing found")
        elif status != UNREADABLE:
            status = FOUND
    return status


def read_record(file: Path) -> tuple[str, Record] | None:
    """Return the text of a record file and the record in it; None after saying what is wrong, a line for each."""
    try:
        text = _text_of(file)
        return text, json_record.read(text)
    except RefusedFileError as refused:
        faults = refused.faults
    except json_record.RecordFormatError as fault:
        faults = fault.faults
    for where, sentence in faults:
        print(f"{where}: {sentence}", file=sys.stderr)
    return None


def _built(args: argparse.Namespace, judge: Judge) -> bytes:
    try:
        text = _text_of(args.record)
        record = json_record.read(text)
    except json_record.RecordFormatError as fault:
        raise RefusedFileError(*fault.faults) from None
    now = _time(args.at)
    judged = judge(record, json_record.stated(text), now)
    edition = _edition(args.edition, default_for(kind_of(record)))
    problems = problems_of(record, edition)
    if faults := (*judged.faults, *((one.field, one.sentence) for one in problems)):
        raise RefusedFileError(*dict.fromkeys(faults))
    for where, sentence in (*(one.said for one in judged.unstated), *judged.unjudged):
        print(f"{where}: {sentence}", file=sys.stderr)
    new_id, left_over = _id_source(args.ids)
    frame = MessageFrame(
        edition=edition,
        mailbox=_mailbox(args.mailbox),
        now=now,
        sender_reference=new_id(),
        new_id=new_id,
    )
    message = build(_with_proved_codes(record), frame)
    if left_over():
        raise RefusedFileError(("--ids", "There are more ids than the message uses."))
    return message.payload


def _with_proved_codes(record: Record) -> Record:
    """Return a record whose products have no code that no source proves current; say which goes as text."""
    if not isinstance(record, VaccinationRecord):
        return record
    vaccines = []
    for place, vaccine in enumerate(record.immunizations):
        product = vaccine.product
        if product and product.code in known_terms.unconfirmed_codes():
            print(f"record.immunizations.{place}.product: {GOES_AS_TEXT}", file=sys.stderr)
            vaccine = replace(vaccine, product=replace(product, code=""))
        vaccines.append(vaccine)
    return replace(record, immunizations=tuple(vaccines))


def _edition(named: str | None, default: Edition) -> Edition:
    if named is None:
        return default
    try:
        edition = load(named)
    except UnknownEditionError:
        raise RefusedFileError(("--edition", "There is no such edition.")) from None
    if edition.kind is not default.kind:
        raise RefusedFileError(("--edition", "This edition belongs to the other notification."))
    return edition


def _id_source(file: Path | None) -> tuple[Callable[[], str], Callable[[], bool]]:
    """Return what gives the next id, and what says whether ids are left over."""
    if file is None:
        return (lambda: str(uuid.uuid4())), (lambda: False)
    try:
        given = untrusted.read_json(_text_of(file), most=MAX_BYTES)
    except untrusted.UnreadableError:
        given = None
    if not isinstance(given, list) or not all(isinstance(one, str) and UUID.fullmatch(one) for one in given):
        raise RefusedFileError(("--ids", "The file must be a JSON list of UUIDs in lower case."))
    if len(set(given)) != len(given):
        raise RefusedFileError(("--ids", "An id appears twice in the list."))
    rest: Iterator[str] = iter(given)

    def next_id() -> str:
        try:
            return next(rest)
        except StopIteration:
            raise RefusedFileError(("--ids", "The list has fewer ids than the message needs.")) from None

    return next_id, lambda: next(rest, None) is not None


def _time(typed: str | None) -> datetime:
    if typed is None:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise RefusedFileError(("--at", "The time must have its offset, such as 2026-10-14T14:10:00+01:00."))
    if not is_in_calendar(at):
        raise RefusedFileError(("--at", f"The year must be from {EARLIEST_YEAR} to {LATEST_YEAR}."))
    return at


def _mailbox(typed: str) -> str:
    if typed != MAILBOX_WHEN_UNKNOWN and not is_mailbox(typed):
        raise RefusedFileError(
            (
                "--mailbox",
                "This is not an id of a MESH mailbox: it has capital letters and digits, such as X26OT001.",
            )
        )
    return typed


def bytes_of(file: Path) -> bytes:
    """Return a file's content, at most a little more than what is read of a message."""
    try:
        with untrusted.open_file(file) as opened:
            return opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
        why = untrusted.why_unread(error) if isinstance(error, OSError) else "No file can have this name."
        raise RefusedFileError((str(file), why)) from None


def _text_of(file: Path) -> str:
    try:
        return bytes_of(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RefusedFileError((str(file), "The file is not text in UTF-8.")) from None


def _write(file: Path, payload: bytes) -> None:
    try:
        with whole_file(file) as out:
            out.write(payload)
    except FileNotWrittenError as error:
        raise RefusedFileError(("--out", str(error))) from None
