"""Write what goes out on paper: the copy of a notification, the list of a day, the summary at its end, any table."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digmed_desktop.clinical import dates, nhs_number
from digmed_desktop.data_files.source import OWN
from digmed_desktop.desk.files import data_check
from digmed_desktop.desk.forms.identified import with_births
from digmed_desktop.desk.forms.sharing import may_be_told
from digmed_desktop.desk.gate import Gate
from digmed_desktop.desk.records import guides
from digmed_desktop.desk.views.sent import How, Printed
from digmed_desktop.history.readable import record_of
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.errors import NotAllowedNowError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.searching import Search, Sort
from digmed_desktop.messaging.states import UNSIGNED, State
from digmed_desktop.messaging.story import NotificationRow, Story, Version
from digmed_desktop.messaging.whole_file import whole_file
from digmed_desktop.messaging.wording import record_word, words_of, words_of_row
from digmed_desktop.paper import printing
from digmed_desktop.paper.document import Block, Listing, Pairs, PaperDocument, table

if TYPE_CHECKING:
    from digmed_desktop.clinical.json_record import Record
    from digmed_desktop.history.store import Store

_PAGE = 500


class PapersDesk:
    """Makes documents, saves them as PDF and lays them out for the printer."""

    def __init__(self, store: "Store", clock: Clock, duty: Callable[[], Duty] = Duty) -> None:
        self._store, self._clock, self._duty = store, clock, duty
        self._gate = Gate(store)

    def copy(self, notification: int, how: How, by: str) -> PaperDocument:
        """Return the copy of a notification as the practice reads it.

        Raises NotAllowedNowError when the patient does not agree to share this with the practice.
        """
        story = self._store.notifications.story(notification)
        record = record_of(notification, story.record_json)
        if how is not How.PATIENT and not may_be_told(self._store.versions.of(notification)):
            raise NotAllowedNowError(
                "The patient does not agree to share this with the practice.",
                "Give the copy to the patient only.",
            )
        if how is not How.PATIENT and story.row.state in UNSIGNED:
            raise NotAllowedNowError(
                f"{story.row.by or 'The person it names'} has not signed this record.",
                "Sign it first, under To sign. A copy for the patient can be printed now.",
            )
        row, words = story.row, _words()
        titles = words["titles_patient" if how is How.PATIENT else "titles"]
        return PaperDocument(
            title=titles[row.kind.value],
            notice=self._notice(story, record),
            lead=(words["confidential"],),
            blocks=(self._head(story, record, how, by), *_sections(story, record, self._edition(row))),
            running=" · ".join(
                part
                for part in (
                    row.patient_name,
                    _born(record.patient.date_of_birth),
                    nhs_number.shown(row.nhs_number),
                    row.practice_ods,
                )
                if part
            ),
            made=self._made(),
            notification=notification,
        )

    def day_list(self, day: date) -> PaperDocument:
        """Return the list of all notifications of a day of contacts."""
        search = Search(since=day, until=day, sort=Sort.CONTACT, descending=False)
        rows: list[NotificationRow] = []
        while page := self._store.searching.page(search, rows[-1] if rows else None, _PAGE):
            rows += page
        now = self._clock.now()
        return table(
            _words()["lists"]["day_title"].format(day=dates.shown(day)),
            ("Time", "Patient", "NHS number", "Record", "What", "Batch", "Practice", "State", "By"),
            tuple(_in_list(row, self._duty(), now) for row in with_births(self._store, rows)),
            weights=(2, 5, 4, 3, 6, 3, 5, 5, 4),
            running=self._pharmacy_name(),
            made=self._made(),
        )

    def day_end(self, day: date) -> PaperDocument:
        """Return the summary at the end of a day."""
        found, now = self._store.figures.day_end(day), self._clock.now()
        lists = _words()["lists"]
        service = {kind: title.partition(":")[0] for kind, title in _words()["titles"].items()}
        return PaperDocument(
            title=lists["day_end_title"].format(day=dates.shown(day)),
            blocks=(
                Listing(
                    "Notifications by state",
                    ("What", "State", "Number"),
                    tuple((service[k.value], words_of(s).word, str(n)) for k, s, n in found.by_state),
                    (4, 3, 1),
                    lists["none"],
                ),
                Listing(
                    "Doses by vaccine and batch",
                    ("Vaccine", "Batch", "Doses"),
                    tuple((what, batch, str(n)) for what, batch, n in found.by_what),
                    (5, 2, 1),
                    lists["none"],
                ),
                Listing(
                    "By person",
                    ("Person", "Number"),
                    tuple((name, str(n)) for name, n in found.by_person),
                    (7, 1),
                    lists["none"],
                ),
                Listing(
                    "Still open",
                    ("Time", "Patient", "Record", "What", "State", "Next step"),
                    tuple(
                        _still_open(row, self._duty(), now) for row in with_births(self._store, found.open)
                    ),
                    (2, 5, 3, 5, 4, 8),
                    lists["none"],
                ),
            ),
            running=self._pharmacy_name(),
            made=self._made(),
        )

    def save(self, document: PaperDocument, path: Path) -> None:
        """Write a document as a PDF; raises FileNotWrittenError and leaves nothing when the disk refuses."""
        self._gate.allow(Permission.PRINT_RECORDS)
        write_pdf(document, path)
        self._gate.note(AuditAct.SAVED_PDF, document.title, about=document.notification)

    def save_guide(self, name: str, path: Path) -> None:
        """Write a text of the help, a guide or a blank form as a PDF; raises as :meth:`save` does."""
        write_pdf(guides.document(name) if name in guides.NAMES else guides.of_help(name), path)

    def printed(self, document: PaperDocument, name: str) -> Printed:
        """Return a document laid out for the printer. It is noted once a printer was chosen: :meth:`let_print`."""
        self._gate.allow(Permission.PRINT_RECORDS)
        running = "   ".join(part for part in (document.running, document.made) if part)
        return Printed(
            name, printing.html(document), running, document.landscape, document.title, document.notification
        )

    def let_print(self, printed: Printed) -> None:
        """Note that a document goes to the printer now. Raises NotPermittedError, so that it does not."""
        self._gate.allow(Permission.PRINT_RECORDS)
        self._gate.note(AuditAct.PRINTED, printed.title, about=printed.notification)

    def file_name(self, subject: str, number: int | None = None) -> str:
        """Return a name for a file, without anything about a patient: ``notification-000012-2026-11-24``."""
        day = self._clock.now().astimezone(dates.ENGLAND).date().isoformat()
        return "-".join((subject, *([f"{number:06d}"] if number is not None else []), day))

    # ---- parts

    def _head(self, story: Story, record: "Record", how: How, by: str) -> Pairs:
        labels, row, now = _words()["labels"], story.row, self._clock.now()
        pharmacy, practice = record.pharmacy, record.practice
        to = (
            (labels["patient"],)
            if how is How.PATIENT or practice is None
            else (practice.name, *practice.address.in_lines())
        )
        word = words_of_row(row, self._duty(), now).word
        standing = _words()["standing"]
        if story.message_id:
            electronic = standing["out"].format(word=word, when=dates.shown_time(now))
        else:
            electronic = standing["not_shared" if record.consent.to_sharing is False else "none"]
        patient = record.patient
        number = nhs_number.shown(row.nhs_number)
        about = (
            patient.name.as_on_record(),
            _born(patient.date_of_birth),
            f"NHS number {number}" if number else "",
        )
        rows = (
            (labels["about"], (", ".join(part for part in about if part),)),
            (labels["to"], (", ".join(to),)),
            (labels["from"], (", ".join((pharmacy.name, *pharmacy.address.in_lines())),)),
            (labels["telephone"], (pharmacy.telephone,)),
            (labels["how"], (_words()["how"][how.value].format(who=by, when=dates.shown_time(now)),)),
            (labels["standing"], (electronic,)),
            (labels["reference"], (f"{pharmacy.ods_code} / {row.id}",)),
        )
        return Pairs(labels["head"], tuple(one for one in rows if any(one[1])))

    def _notice(self, story: Story, record: "Record") -> tuple[str, ...]:
        said, row = _words()["notice"], story.row
        versions = self._store.versions.of(row.id)
        lines = []
        if any(one.row.id > row.id and one.row.state is not State.CANCELLED for one in versions):
            lines.append(said["older"])
        before = [one for one in versions if one.row.id < row.id]
        if row.state in UNSIGNED:
            lines.append(said["unsigned"].format(who=row.by))
        if before and not row.withdrawal and not row.on_behalf:
            lines.append(said["newer"].format(when=dates.shown_time(_first(before).made_at)))
        if row.withdrawal:
            from digmed_desktop.fhir.sections import withdrawal_notice

            lines.insert(0, withdrawal_notice(record))
        return tuple(lines)

    def _edition(self, row: NotificationRow) -> str:
        return self._store.versions.edition(row.id)

    def _pharmacy_name(self) -> str:
        pharmacy = self._store.profile.pharmacy()
        return f"{pharmacy.name} · {pharmacy.ods_code}" if pharmacy else ""

    def _made(self) -> str:
        return str(_words()["lists"]["made"].format(when=dates.shown_time(self._clock.now())))


def _first(versions: list[Version]) -> Version:
    return versions[-1]


def _words() -> dict[str, Any]:
    return OWN.raw("paper/words.toml")


def _sections(story: Story, record: "Record", edition_id: str) -> tuple[Block, ...]:
    """Return the sections as they went out, or as they would where there is no message."""
    sent = next((one.body for one in story.messages if one.outgoing and one.title == "Notification"), None)
    if sent is not None:
        from digmed_desktop.fhir.reading import read_notification

        return tuple(Pairs(section.title, section.rows) for section in read_notification(sent).sections)
    if data_check.standing().names("editions/words/narrative.toml"):
        return (_as_kept(story),)
    from digmed_desktop.fhir import editions
    from digmed_desktop.fhir.sections import sections

    edition = editions.load_or_default(edition_id, story.row.kind)
    return tuple(
        Pairs(section.title, tuple((row.label, row.values) for row in section.rows if row.values))
        for section in sections(record, edition)
    )


def _as_kept(story: Story) -> Pairs:
    """Return the record as it is kept, for when the sentences it is written in have a fault."""
    return Pairs("Record as stored", tuple(_values(json.loads(story.record_json)["record"], "")))


def _values(value: Any, path: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _values(inner, f"{path}{', ' if path else ''}{key.replace('_', ' ')}")
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, inner in enumerate(value, 1):
            yield from _values(inner, f"{path} {number}")
    else:
        yield path, tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _born(born: date | None) -> str:
    return f"born {dates.shown(born)}" if born else ""


def _whose(row: NotificationRow) -> str:
    """Return the patient of a row by name and date of birth."""
    return ", ".join(part for part in (row.patient_name, _born(row.born)) if part)


def _in_list(row: NotificationRow, duty: Duty, now: datetime) -> tuple[str, ...]:
    return (
        f"{row.contact_at.astimezone(dates.ENGLAND):%H:%M}" if row.has_time else "",
        _whose(row),
        nhs_number.shown(row.nhs_number),
        record_word(row),
        row.what,
        row.batch,
        row.practice_name,
        words_of_row(row, duty, now).word + (" (action needed)" if row.needs_person else ""),
        row.by,
    )


def _still_open(row: NotificationRow, duty: Duty, now: datetime) -> tuple[str, ...]:
    words = words_of_row(row, duty, now)
    return (
        f"{row.contact_at.astimezone(dates.ENGLAND):%H:%M}" if row.has_time else "",
        ", ".join(part for part in (_whose(row), nhs_number.shown(row.nhs_number)) if part),
        record_word(row),
        row.what,
        words.word,
        words.do,
    )


def write_pdf(document: PaperDocument, path: Path) -> None:
    """Write a document as a PDF; raises FileNotWrittenError and leaves nothing when the disk refuses."""
    from digmed_desktop.paper.pdf import pdf

    made = pdf(document)
    with whole_file(path) as file:
        file.write(made)
