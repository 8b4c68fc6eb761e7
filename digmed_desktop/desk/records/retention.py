"""Removing what its time is over for: off until a manager has confirmed the table, and stopped by holds."""

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from digmed_desktop.clinical import dates, nhs_number, retention
from digmed_desktop.clinical.retention import Periods
from digmed_desktop.clinical.retention_kinds import RecordKind
from digmed_desktop.desk.records import retention_words
from digmed_desktop.desk.views.retention import WORDS, Confirmed, Due, Preview, RetentionView
from digmed_desktop.history.readable import read_row
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import DigMedError, NotAllowedNowError, UnreadableRowError
from digmed_desktop.messaging.retention import Hold, HoldReason, RecordGroup
from digmed_desktop.untrusted import a_text, whole_number

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

_MOST = 10**9
"""The greatest number of a hold or of a notification."""


class RetentionDesk:
    """Asks ``allow`` before every decision: it returns the name of the manager who acts, or raises DigMedError."""

    def __init__(self, store: "Store", clock: Clock, allow: Callable[[], str]) -> None:
        self._store, self._clock, self._allow = store, clock, allow
        self._deciding = threading.Lock()  # a hold is never placed while records are being removed

    # ---- the table

    def table(self) -> Periods:
        """Return the table of periods. Raises DataFileError."""
        return retention.load()

    def confirmed(self) -> Confirmed | None:
        """Return who confirmed this very table; None where nobody did, or the table is another one since."""
        try:
            kept = read_row("The confirmation", _confirmed, self._store.retention.state().get("confirmed"))
        except UnreadableRowError:
            return None  # then retention is off until someone confirms the table again
        return kept[1] if kept is not None and kept[0] == self.table().digest else None

    def confirm(self) -> None:
        """Confirm the table as it is: from now on records can be removed by it."""
        by, table = self._allow(), self.table().digest
        confirmed = {"by": by, "at": self._clock.now().isoformat(), "table": table}
        note = {"act": "confirmed", "table": table, "by": by}
        self._store.retention.keep({"confirmed": confirmed}, "table", note)

    def switch_off(self) -> None:
        """Take the confirmation back."""
        by = self._allow()
        self._store.retention.keep({"confirmed": None}, "table", {"act": "switched off", "by": by})

    # ---- holds

    def view(self) -> RetentionView:
        """Return how retention stands, for a manager."""
        self._allow()
        shown = retention_words.periods(self.table())
        return RetentionView(shown, self.confirmed(), self.holds(), self.lifted())

    def holds(self) -> tuple[Hold, ...]:
        """Return the holds that are in force."""
        return self._kept("holds")

    def lifted(self) -> tuple[Hold, ...]:
        """Return the holds that were lifted, as long as a record is left that they were about."""
        return self._kept("lifted")

    def hold(self, reason: HoldReason, note: str, subject: str) -> Hold:
        """Hold the records of a patient or a batch, whatever their age; return the hold.

        ``subject`` is ``patient`` with an NHS number, ``notification`` with the number of one of theirs, or ``batch``
        with its number. Raises DigMedError where it is none of these.
        """
        by = self._allow()
        if not note.strip():
            raise DigMedError("Write in a few words what the hold is for.")
        about = self._subject(subject)
        with self._deciding:
            raws, number = self._raws("holds"), self._next_number()
            made = Hold(number, reason, note.strip(), self._clock.now(), by, **about)
            made = replace(made, held=self._count(made))
            changed = {"holds": [*raws, _raw(made)], "last_hold": number}
            said = {"act": "placed", "reason": reason.value, "by": by}
            self._store.retention.keep(changed, f"hold {number}", said)
        return made

    def lift(self, number: int, why: str) -> None:
        """Lift a hold. Raises DigMedError where there is none of that number, and without a reason."""
        by = self._allow()
        with self._deciding:
            holds = self.holds()
            place = next((place for place, one in enumerate(holds) if one.id == number), None)
            if place is None:
                raise DigMedError(f"There is no hold {number}.")
            if not why.strip():
                raise DigMedError("Write in a few words why the hold is lifted.")
            hold, raws = holds[place], self._raws("holds")
            ended = replace(hold, lifted_at=self._clock.now(), lifted_by=by, lifted_why=why.strip())
            changed = {
                "holds": [*raws[:place], *raws[place + 1 :]],
                "lifted": [*self._raws("lifted"), _raw(ended)],
            }
            reason = hold.reason.value if hold.reason is not None else "not readable"
            note = {"act": "lifted", "reason": reason, "by": by}
            self._store.retention.keep(changed, f"hold {number}", note)

    # ---- removing

    def preview(self) -> Preview:
        """Return what would be removed today, and what stays although its time is over."""
        due, stays = [], dict[str, int]()
        for one, why in self._over():
            if why:
                stays[why] = stays.get(why, 0) + 1
            else:
                due.append(one)
        found = Preview(tuple(due), stays, doubt=self._store.time.doubt())
        return replace(found, lines=tuple(retention_words.preview_lines(found, self.table())))

    def remove(self, previewed: Sequence[Due], words: str) -> tuple[int, int]:
        """Remove what a preview named, as far as it is due still; return how many records and patients went.

        ``words`` are what the person typed for it: anything but :data:`WORDS` raises DigMedError. Raises
        NotAllowedNowError where the table is not confirmed, and where a record changed since the preview.
        """
        by = self._allow()
        if words.strip() != WORDS:
            raise DigMedError("The words were not typed, so nothing was removed.", f"Type {WORDS}.")
        if self.confirmed() is None:
            raise NotAllowedNowError(
                "No manager has confirmed the table of periods, so nothing is removed.",
                "Read it and confirm it first.",
            )
        with self._deciding:
            still = {one for one, why in self._over() if not why}
            if not set(previewed) <= still:
                raise NotAllowedNowError(
                    "Something changed since the preview, so nothing was removed.", "Look at it again."
                )
            records = {one.ids: one.kind.value for one in previewed if one.left is None}
            besides = [one.left for one in previewed if one.left is not None]
            gone = self._store.retention.remove(records, by, besides)
            all_held = any(hold.is_unreadable for hold in self.holds())
            patients = (
                0 if all_held else self._store.retention.forget_patients(self._long_ago(), self._held_names())
            )
            left = self._store.retention.groups()
            both = zip(self._raws("lifted"), self.lifted(), strict=True)
            about = [raw for raw, one in both if any(_is_about(one, group) for group in left)]
            self._store.retention.keep({"lifted": about})
        return gone, patients

    def _over(self) -> Iterator[tuple[Due, str]]:
        """Yield each record whose time is over, with the reason why it stays, or ``""``."""
        groups, table, holds, today = (
            self._store.retention.groups(),
            self.table(),
            self.holds(),
            self._today(),
        )
        patients = _patients(groups)
        last: dict[object, date] = {}
        held: set[object] = set()
        for group in groups:
            for patient in patients[group.ids]:
                last[patient] = max(group.last, last.get(patient, group.last))
            if any(_is_about(hold, group) and not hold.batch for hold in holds):
                held |= patients[group.ids]
        for group in groups:
            seen = max(last[patient] for patient in patients[group.ids])
            if group.born is None:
                until = retention.kept_until(table.rows[RecordKind.ADULT], seen, seen)
                if today > until:
                    yield Due(group.ids, RecordKind.ADULT, until), "the date of birth is not recorded"
                continue
            kind = retention.kind_of(supply=group.supply, last=seen, born=group.born)
            row = table.rows[kind]
            until = retention.kept_until(row, seen, group.born)
            if group.incident is not None:
                incident = table.rows[RecordKind.INCIDENT]
                until = max(until, retention.kept_until(incident, group.incident, group.born))
            if today <= until:
                continue
            on_hold = bool(patients[group.ids] & held) or any(_is_about(hold, group) for hold in holds)
            why = _held(holds) if on_hold else group.in_use or ("" if row.removed else "this kind stays")
            yield Due(group.ids, kind, until), why
        yield from self._left_over(table, holds, groups, today)

    def _left_over(
        self, table: Periods, holds: Sequence[Hold], groups: Sequence[RecordGroup], today: date
    ) -> Iterator[tuple[Due, str]]:
        """Yield what is no record and whose time is over, with the reason why it stays, or ``""``."""
        named = _named_by(holds, groups)
        for one in self._store.retention.leftovers():
            row = table.rows[one.kind]
            if one.last is None:
                yield Due((), one.kind, today, one), "the start of its retention period is not known"
                continue
            until = retention.kept_until(row, one.last, one.born)
            if today > until:
                held = bool({one.nhs_number, one.name_key} & named) or any(
                    hold.is_unreadable or hold.batch.casefold() in one.batches
                    for hold in holds
                    if hold.is_unreadable or hold.batch
                )
                why = _held(holds) if held else one.in_use or ("" if row.removed else "this kind stays")
                yield Due((), one.kind, until, one), why

    # ---- parts

    def _count(self, hold: Hold) -> int:
        """Return how many records a hold keeps now: a number with a slip in it keeps none."""
        groups = self._store.retention.groups()
        about = [group for group in groups if _is_about(hold, group)]
        if hold.batch:
            return len(about)
        patients = _patients(groups)
        held = set[object]().union(*(patients[group.ids] for group in about))
        return sum(bool(patients[group.ids] & held) for group in groups)

    def _subject(self, subject: str) -> dict[str, Any]:
        what, _, which = subject.strip().partition(" ")
        which = which.strip()
        if what == "batch" and which:
            return {"batch": which}
        if what == "patient":
            if said := nhs_number.sentence_about(which):
                raise DigMedError(said)
            return {"nhs_number": nhs_number.digits(which)}
        if what == "notification" and which.isdecimal():
            if any(int(which) in group.ids for group in self._store.retention.groups()):
                return {"notification": int(which)}
            raise DigMedError(f"There is no notification {which}.")
        raise DigMedError("Say whose records: patient NHS-NUMBER, notification NUMBER, or batch NUMBER.")

    def _held_names(self) -> tuple[str, ...]:
        return tuple(_named_by(self.holds(), self._store.retention.groups()))

    def _long_ago(self) -> datetime:
        of_patients = (row for kind, row in self.table().rows.items() if kind is not RecordKind.INCIDENT)
        longest = max(source.years for row in of_patients for source in row.source)
        return self._store.time.now() - timedelta(days=longest * 366)

    def _today(self) -> date:
        """Return the day on which this is: nothing goes early because someone put the clock forward."""
        return self._store.time.now().astimezone(dates.ENGLAND).date()

    def _kept(self, which: str) -> tuple[Hold, ...]:
        """Return holds in their order; one that cannot be read gets a number that no other has."""
        found = [_readable(raw) for raw in self._raws(which)]
        free = itertools.count(max((one.id for one in found if one is not None), default=0) + 1)
        return tuple(one if one is not None else Hold(next(free)) for one in found)

    def _raws(self, which: str) -> list[Any]:
        """Return the entries of holds as the records have them: what cannot be read stays as it is."""
        kept = self._store.retention.state().get(which)
        if kept is None:
            return []
        return kept if isinstance(kept, list) else [kept]

    def _next_number(self) -> int:
        last = self._store.retention.state().get("last_hold")
        given = [one.id for one in (*self.holds(), *self.lifted())]
        return max([last if isinstance(last, int) else 0, *given]) + 1


def _patients(groups: Sequence[RecordGroup]) -> dict[tuple[int, ...], set[object]]:
    """Return whose each record is: by NHS number; one without a number is also theirs who have name and birth."""
    numbers: dict[object, set[object]] = {}
    for group in groups:
        if group.nhs_number:
            numbers.setdefault((group.name_key, group.born), set()).add(group.nhs_number)
    found: dict[tuple[int, ...], set[object]] = {}
    for group in groups:
        named = (group.name_key, group.born)
        found[group.ids] = {group.nhs_number} if group.nhs_number else numbers.get(named, {named})
    return found


def _named_by(holds: Sequence[Hold], groups: Sequence[RecordGroup]) -> set[str]:
    """Return the NHS numbers and keys of names of the patients whom holds protect."""
    numbers = {hold.notification for hold in holds}
    named = {hold.nhs_number for hold in holds} - {""}
    mine = [group for group in groups if numbers & set(group.ids) or group.nhs_number in named]
    return (named | {group.nhs_number for group in mine} | {group.name_key for group in mine}) - {""}


def _held(holds: Sequence[Hold]) -> str:
    return "a hold cannot be read" if any(hold.is_unreadable for hold in holds) else "on hold"


def _is_about(hold: Hold, group: RecordGroup) -> bool:
    if hold.is_unreadable:
        return True
    if hold.batch:
        return hold.batch.casefold() in group.batches
    if hold.notification is not None:
        return hold.notification in group.ids
    return bool(hold.nhs_number) and hold.nhs_number == group.nhs_number


def _raw(hold: Hold) -> dict[str, Any]:
    lifted = hold.lifted_at.isoformat() if hold.lifted_at else None
    placed = hold.placed_at.isoformat() if hold.placed_at else None
    return {**asdict(hold), "placed_at": placed, "lifted_at": lifted}


def _confirmed(raw: Any) -> tuple[str, Confirmed] | None:
    """Return the digest of the table that was confirmed, and by whom."""
    if raw is None:
        return None
    return raw["table"], Confirmed(a_text(raw["by"]), datetime.fromisoformat(raw["at"]))


def _readable(raw: Any) -> Hold | None:
    try:
        return read_row("A hold", _hold, raw)
    except UnreadableRowError:
        return None


def _hold(raw: dict[str, Any]) -> Hold:
    """Return a hold; one that was lifted may have been one that could not be read."""
    lifted, placed, about, held = raw.get("lifted_at"), raw["placed_at"], raw["notification"], raw.get("held")
    found = Hold(
        whole_number(raw["id"], _MOST),
        HoldReason(raw["reason"]) if raw["reason"] is not None else None,
        a_text(raw["note"]),
        datetime.fromisoformat(placed) if placed is not None else None,
        a_text(raw["placed_by"]),
        a_text(raw["nhs_number"]),
        whole_number(about, _MOST) if about is not None else None,
        a_text(raw["batch"]),
        datetime.fromisoformat(lifted) if lifted is not None else None,
        a_text(raw.get("lifted_by", "")),
        a_text(raw.get("lifted_why", "")),
        whole_number(held, _MOST) if held is not None else None,
    )
    if not found.id or (found.is_unreadable and found.lifted_at is None):
        raise ValueError("a hold without a number or a reason")
    if not found.is_unreadable and (
        found.placed_at is None or not (found.nhs_number or found.batch or about)
    ):
        raise ValueError("a hold on nobody")
    return found
