"""Gathers what is recorded about one patient: records, forms, events, messages, register, drafts, and who looked."""

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from digmed_desktop.clinical import dates
from digmed_desktop.clinical import form as form_room
from digmed_desktop.clinical.form import FieldKind, FormField
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.questions.patient import patient_of
from digmed_desktop.desk.gate import Gate
from digmed_desktop.desk.views.incidents import IncidentView, words_of
from digmed_desktop.desk.views.patient_file import Line, Part, PatientFile
from digmed_desktop.messaging.audit import AuditRow
from digmed_desktop.messaging.audit_words import line_of
from digmed_desktop.messaging.event_words import words_of_event
from digmed_desktop.messaging.story import NotificationRow, Story
from digmed_desktop.messaging.wording import record_word
from digmed_desktop.messaging.wording import words_of as words_of_state

if TYPE_CHECKING:
    from digmed_desktop.clinical.json_record import Record
    from digmed_desktop.history.doses import Whose
    from digmed_desktop.history.store import Store
    from digmed_desktop.messaging.register import RegisterEntry

OTHER_DETAILS = (
    "Recorded under other details, perhaps another person's: put it back if it is about this patient."
)
_KNOWN = "Details kept for the next visit"
Rows = Sequence[tuple[str, tuple[str, ...]]]


class Gathering:
    """Reads the store; whoever calls it has asked the gate."""

    def __init__(self, store: "Store") -> None:
        self._store, self._gate, self._count = store, Gate(store), 0

    def born(self, notification: int) -> date | None:
        """Return the date of birth in a record."""
        born = _as_kept(self._store.versions.record(notification)).get("patient")
        with contextlib.suppress(ValueError, TypeError, AttributeError):
            return date.fromisoformat(born["date_of_birth"]) if born and born.get("date_of_birth") else None
        return None

    def of(self, notification: int) -> PatientFile:
        """Return everything about the patient of a notification, the oldest record first."""
        from digmed_desktop.history.doses import Whose

        row, born = self._store.notifications.row(notification), self.born(notification)
        whose = Whose(row.nhs_number, row.patient_name, born)
        sure = self._store.versions.numbers_of(whose)
        every = sorted({one.row.id for number in sure for one in self._store.versions.of(number)} | sure)
        acts = self._acts(set(every))
        parts: list[Part] = [*self._known(row, born)]
        raw: dict[int, Mapping[str, object]] = {}
        for number in every:
            doubt = "" if number in sure else OTHER_DETAILS
            story = self._store.notifications.story(number)
            parts += self._of_record(story, doubt)
            parts += self._of_form(number, doubt)
            parts += self._happened(story, acts.get(number, ()), doubt)
            parts += self._registered(number, doubt)
            raw[number] = _raw(story)
        parts += self._incidents(set(every), row.nhs_number)
        parts += self._drafts(whose)
        return PatientFile(
            notification,
            row.patient_name,
            row.nhs_number,
            born,
            tuple(part for part in parts if part.lines),
            raw,
        )

    # ---- parts

    def _part(self, title: str, rows: Rows, notification: int | None = None, doubt: str = "") -> Part:
        lines = []
        for label, values in rows:
            if any(values):
                self._count += 1
                lines.append(Line(str(self._count), label, tuple(value for value in values if value)))
        return Part(title, tuple(lines), notification, doubt)

    def _known(self, row: NotificationRow, born: date | None) -> Iterator[Part]:
        """Yield the details that are kept of a patient to fill in the next form."""
        patients = self._store.patients
        found = (
            patients.of_number(row.nhs_number, 1)
            if row.nhs_number
            else patients.named([row.patient_name], 50)
        )
        for known in found:
            if row.nhs_number or known.born == born:
                seen = ("Last seen", (dates.shown_time(known.seen_at),))
                yield self._part(_KNOWN, [*self._typed("vaccination", known.answers), seen])

    def _of_record(self, story: Story, doubt: str) -> Iterator[Part]:
        from digmed_desktop.clinical.json_record import RecordFormatError, read

        row = story.row
        title = f"Notification {row.id}: {row.what}"
        facts = (
            ("Kind", (record_word(row),)),
            ("Contact", (dates.shown_time(row.contact_at),)),
            ("State", (words_of_state(row.state).word,)),
            ("Practice", (" ".join(part for part in (row.practice_name, row.practice_ods) if part),)),
            ("By", (row.by,)),
            ("Subject of the message", (story.subject,)),
        )
        yield self._part(title, facts, row.id, doubt)
        try:
            record = read(story.record_json)
        except RecordFormatError:  # of another version, or damaged: what is kept is shown as it is
            kept = _as_kept(story.record_json)
            as_kept = [(key.replace("_", " "), _values(value)) for key, value in kept.items()]
            yield self._part(f"Notification {row.id}, as stored", as_kept, row.id, doubt)
            return
        for section, rows in self._sections(record, row):
            yield self._part(
                f"Notification {row.id}, as the practice reads it: {section}", rows, row.id, doubt
            )

    def _sections(self, record: "Record", row: NotificationRow) -> Iterator[tuple[str, Rows]]:
        from digmed_desktop.fhir import editions
        from digmed_desktop.fhir.sections import sections

        edition = editions.load_or_default(self._store.versions.edition(row.id), row.kind)
        for section in sections(record, edition):
            yield section.title, [(one.label, one.values) for one in section.rows]

    def _of_form(self, number: int, doubt: str) -> Iterator[Part]:
        state = self._store.versions.state(number)
        if state is not None:
            kind = self._store.notifications.row(number).kind
            yield self._part(
                f"Notification {number}, as it was typed", self._whole(kind.form, state), number, doubt
            )

    def _whole(self, form_id: str, state: FormState) -> Rows:
        reasons = [("Reason for continuing despite a warning", (said,)) for said in state.reasons.values()]
        why = [("Why it was corrected", (state.correction.why,))] if state.correction else []
        return [*self._typed(form_id, state.answers), *reasons, *why]

    def _typed(self, form_id: str, answers: Mapping[str, str]) -> list[tuple[str, tuple[str, ...]]]:
        """Return the answers of a form under the words of its questions."""
        asked = {one.id: one for one in form_room.load(form_id).laid_out(answers).fields()}
        return [
            (asked[key].label if key in asked else key, (self._answer(asked.get(key), text),))
            for key, text in answers.items()
        ]

    def _answer(self, field: FormField | None, text: str) -> str:
        if field is None:
            return text
        if field.kind is FieldKind.PERSON and text.isdigit():
            person = self._store.people.get(int(text))
            return person.professional.name.spoken() if person else text
        if field.kind is FieldKind.MEDICINE:
            return text.partition("\t")[2] or text
        labels = {option.id: option.label for option in field.options}
        if field.kind is FieldKind.YES_NO:
            labels = {"yes": "Yes", "no": "No"}
        chosen = text.split(",") if field.kind is FieldKind.TICKS else [text]
        return "; ".join(labels.get(one, one) for one in chosen)

    def _happened(self, story: Story, acts: Sequence[AuditRow], doubt: str) -> Iterator[Part]:
        number = story.row.id
        events = [
            (
                dates.shown_time(one.at),
                (words_of_event(one.happening, one.code), one.by or "the program", one.note),
            )
            for one in story.events
        ]
        yield self._part(f"Notification {number}: what happened", events, number, doubt)
        sent = [
            (dates.shown_time(one.at), (one.title, "sent" if one.outgoing else "received"))
            for one in story.messages
        ]
        yield self._part(f"Notification {number}: messages", sent, number, doubt)
        seen = [(dates.shown_time(row.at), (line_of(row).act, row.by, line_of(row).note)) for row in acts]
        yield self._part(f"Notification {number}: who looked at it or took it out", seen, number, doubt)

    def _acts(self, numbers: set[int]) -> dict[int, list[AuditRow]]:
        found: dict[int, list[AuditRow]] = {}
        for row in self._store.audit.rows():
            if row.source == "audit" and row.about in numbers:
                found.setdefault(row.about, []).insert(0, row)
        return found

    def _registered(self, number: int, doubt: str) -> Iterator[Part]:
        entry = self._store.register.of_notification(number)
        for one in () if entry is None else (entry, *entry.later):
            yield self._part(
                f"Register of emergency supplies, entry {one.number}", _entry(one), number, doubt
            )

    def _incidents(self, numbers: set[int], nhs_number: str) -> Iterator[Part]:
        """Yield the incidents about a patient: by a notification of theirs, or by the NHS number."""
        for one in self._store.incidents.all():
            if one.notification in numbers or (nhs_number and one.happened.nhs_number == nhs_number):
                view = IncidentView(one, ())
                acts = [(words_of(done), (done.what,) if done.what else ("–",)) for done in one.done]
                yield self._part(view.title, [*view.facts, *acts], one.notification)

    def _drafts(self, whose: "Whose") -> Iterator[Part]:
        for draft in self._store.drafts.all():
            form = form_room.load(draft.form)
            patient = patient_of(form, draft.state.answers, self._store.clock.now())
            same = bool(whose.nhs_number) and patient.nhs_number == whose.nhs_number
            named = patient.name.as_on_record().casefold() == whose.as_on_record.casefold()
            if same or (named and whose.born is not None and patient.date_of_birth == whose.born):
                title = f"A form that was started, last changed {dates.shown_time(draft.changed_at)}"
                yield self._part(title, self._whole(draft.form, draft.state))


def _entry(entry: "RegisterEntry") -> Rows:
    if entry.is_unreadable:
        return list(entry.pairs)
    rows: list[tuple[str, tuple[str, ...]]] = [
        ("Entered", (dates.shown_time(entry.entered_at),)),
        ("By", (entry.by_name,)),
    ]
    for key, value in entry.content.items():
        if key != "token":
            rows.append((key.replace("_", " ").capitalize(), _values(value)))
    return rows


def _values(value: Any) -> tuple[str, ...]:
    if isinstance(value, dict):
        return tuple(f"{key.replace('_', ' ')}: {', '.join(_values(inner))}" for key, inner in value.items())
    if isinstance(value, list):
        return tuple(", ".join(_values(inner)) for inner in value)
    return ("",) if value is None else (str(value),)


def _raw(story: Story) -> Mapping[str, object]:
    return {
        "notification": story.row.id,
        "record": _parsed(story.record_json),
        "messages": [
            {
                "at": one.at.isoformat(),
                "outgoing": one.outgoing,
                "title": one.title,
                "text": one.body.decode("utf-8", "replace"),
            }
            for one in story.messages
        ],
    }


def _parsed(text: str) -> Any:
    """Return what a JSON text holds; a text that is none as it is."""
    with contextlib.suppress(ValueError, RecursionError):
        return json.loads(text)
    return text


def _as_kept(text: str) -> dict[str, Any]:
    """Return the fields of a record as they are stored; what is no record under one name."""
    whole = _parsed(text)
    record = whole.get("record") if isinstance(whole, dict) else None
    return record if isinstance(record, dict) else {"as_stored": whole}
