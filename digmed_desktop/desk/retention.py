"""Removing what its time is over for: off until a manager has confirmed the table, and stopped by holds."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from digmed_desktop.clinical import dates, nhs_number, retention
from digmed_desktop.clinical.retention import Periods
from digmed_desktop.clinical.retention_file import RecordKind
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import DigMedError, NotAllowedNowError
from digmed_desktop.messaging.retention import Hold, HoldReason, RecordGroup

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

_STATE = "retention"
BACKUPS = "Backups made earlier still hold what is removed: delete them when their own time is over."


@dataclass(frozen=True, slots=True, repr=False)
class Confirmed:
    """Who confirmed the table, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Due:
    """A record whose time is over: the numbers of its versions, its kind and the last day on which it was kept."""

    ids: tuple[int, ...]
    kind: RecordKind
    until: date


@dataclass(frozen=True, slots=True, repr=False)
class Preview:
    """What would go today, and how much stays although its time is over, by the reason."""

    due: tuple[Due, ...]
    stays: dict[str, int]


class RetentionDesk:
    """Asks ``allow`` before every decision: it returns the name of the manager who acts, or raises DigMedError."""

    def __init__(self, store: "Store", clock: Clock, allow: Callable[[], str]) -> None:
        self._store, self._clock, self._allow = store, clock, allow

    # ---- the table

    def table(self) -> Periods:
        """Return the table of periods. Raises DataFileError."""
        return retention.load()

    def confirmed(self) -> Confirmed | None:
        """Return who confirmed this very table; None where nobody did, or the table is another one since."""
        kept = self._state().get("confirmed")
        if kept is None or kept["table"] != self.table().digest:
            return None
        return Confirmed(kept["by"], datetime.fromisoformat(kept["at"]))

    def confirm(self) -> None:
        """Confirm the table as it is: from now on records can be removed by it."""
        by, table = self._allow(), self.table().digest
        self._keep(confirmed={"by": by, "at": self._clock.now().isoformat(), "table": table})
        self._store.retention.say("table", {"act": "confirmed", "table": table, "by": by})

    def switch_off(self) -> None:
        """Take the confirmation back."""
        by = self._allow()
        self._keep(confirmed=None)
        self._store.retention.say("table", {"act": "switched off", "by": by})

    # ---- holds

    def holds(self) -> tuple[Hold, ...]:
        """Return the holds that are in force."""
        return tuple(
            Hold(
                **{
                    **one,
                    "reason": HoldReason(one["reason"]),
                    "placed_at": datetime.fromisoformat(one["placed_at"]),
                }
            )
            for one in self._state().get("holds", ())
        )

    def hold(self, reason: HoldReason, note: str, subject: str) -> Hold:
        """Hold the records of a patient or a batch, whatever their age; return the hold.

        ``subject`` is ``patient`` with an NHS number, ``notification`` with the number of one of theirs, or ``batch``
        with its number. Raises DigMedError where it is none of these.
        """
        by = self._allow()
        if not note.strip():
            raise DigMedError("Write in a few words what the hold is for.")
        state = self._state()
        number = int(state.get("last_hold", 0)) + 1
        made = Hold(number, reason, note.strip(), self._clock.now(), by, **self._subject(subject))
        raw = {**asdict(made), "placed_at": made.placed_at.isoformat()}
        self._keep(holds=[*state.get("holds", ()), raw], last_hold=number)
        self._store.retention.say(f"hold {number}", {"act": "placed", "reason": reason.value, "by": by})
        return made

    def lift(self, number: int) -> None:
        """Lift a hold. Raises DigMedError where there is none of that number."""
        by = self._allow()
        kept = self._state().get("holds", [])
        left = [one for one in kept if one["id"] != number]
        if len(left) == len(kept):
            raise DigMedError(f"There is no hold {number}.")
        self._keep(holds=left)
        self._store.retention.say(f"hold {number}", {"act": "lifted", "by": by})

    # ---- removing

    def preview(self) -> Preview:
        """Return what would be removed today, and what stays although its time is over."""
        due, stays = [], dict[str, int]()
        for one, why in self._over():
            if why:
                stays[why] = stays.get(why, 0) + 1
            else:
                due.append(one)
        return Preview(tuple(due), stays)

    def remove(self, previewed: Sequence[Due]) -> tuple[int, int]:
        """Remove what a preview named, as far as it is due still; return how many records and patients went.

        Raises NotAllowedNowError where the table is not confirmed, and where a record changed since the preview.
        """
        by = self._allow()
        if self.confirmed() is None:
            raise NotAllowedNowError(
                "No manager has confirmed the table of periods, so nothing is removed.",
                "Read it and confirm it first.",
            )
        still = {one for one, why in self._over() if not why}
        if not set(previewed) <= still:
            raise NotAllowedNowError(
                "Something changed since the preview, so nothing was removed.", "Look at it again."
            )
        gone = self._store.retention.remove({one.ids: one.kind.value for one in previewed}, by)
        return gone, self._store.retention.forget_patients(self._long_ago(), self._held_names())

    def _over(self) -> Iterator[tuple[Due, str]]:
        """Yield each record whose time is over, with the reason why it stays, or ``""``."""
        groups, table, holds, today = (
            self._store.retention.groups(),
            self.table(),
            self.holds(),
            self._today(),
        )
        last: dict[object, date] = {}
        for group in groups:
            last[_patient(group)] = max(group.last, last.get(_patient(group), group.last))
        held = {_patient(group) for group in groups if any(hold.notification in group.ids for hold in holds)}
        for group in groups:
            seen = last[_patient(group)]
            if group.born is None:
                until = retention.kept_until(table.rows[RecordKind.ADULT], seen, seen)
                if today > until:
                    yield Due(group.ids, RecordKind.ADULT, until), "the date of birth is not recorded"
                continue
            kind = retention.kind_of(supply=group.supply, last=seen, born=group.born)
            row = table.rows[kind]
            until = retention.kept_until(row, seen, group.born)
            if today <= until:
                continue
            on_hold = _patient(group) in held or any(_holds(hold, group) for hold in holds)
            why = "on hold" if on_hold else group.in_use or ("" if row.removed else "this kind is kept")
            yield Due(group.ids, kind, until), why

    # ---- parts

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
        holds = self.holds()
        numbers = {hold.notification for hold in holds}
        groups = [group for group in self._store.retention.groups() if numbers & set(group.ids)]
        return (
            *(hold.nhs_number for hold in holds if hold.nhs_number),
            *(group.nhs_number for group in groups if group.nhs_number),
            *(group.name_key for group in groups),
        )

    def _long_ago(self) -> datetime:
        longest = max(source.years for row in self.table().rows.values() for source in row.source)
        return self._clock.now() - timedelta(days=longest * 366)

    def _today(self) -> date:
        return self._clock.now().astimezone(dates.ENGLAND).date()

    def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self._store.profile.get(_STATE) or "{}")
        return state

    def _keep(self, **changed: Any) -> None:
        self._store.profile.put(_STATE, json.dumps({**self._state(), **changed}, ensure_ascii=False))


def _patient(group: RecordGroup) -> object:
    """Return whose record it is: by NHS number, else by name and date of birth."""
    return group.nhs_number or (group.name_key, group.born)


def _holds(hold: Hold, group: RecordGroup) -> bool:
    if hold.batch:
        return hold.batch.casefold() in group.batches
    return bool(hold.nhs_number) and hold.nhs_number == group.nhs_number
