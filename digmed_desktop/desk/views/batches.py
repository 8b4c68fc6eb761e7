"""Describe who was given a batch, for pages, paper and files. Patient data."""

from dataclasses import dataclass, field
from datetime import date, datetime

from digmed_desktop.clinical import dates, nhs_number


@dataclass(frozen=True, slots=True, repr=False)
class BatchDose:
    """One record with a batch; ``why_not`` says why it is no dose of it, ``""`` for a dose. Patient data."""

    notification: int
    patient: str
    born: date | None
    nhs_number: str
    telephone: str
    at: datetime | None
    what: str
    practice: str
    by: str
    why_not: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """The row for paper and file, in the order of the headings."""
        return (
            self.patient,
            dates.shown(self.born) if self.born else "",
            nhs_number.shown(self.nhs_number),
            self.telephone,
            dates.shown_time(self.at) if self.at else "",
            self.what,
            self.practice,
            self.by,
        )


@dataclass(frozen=True, slots=True, repr=False)
class BatchList:
    """Who was given a batch, the newest first. ``alike``: numbers on record that are nearly this one."""

    number: str
    given: tuple[BatchDose, ...] = ()
    others: tuple[BatchDose, ...] = ()
    alike: tuple[str, ...] = field(default=())

    @property
    def patients(self) -> int:
        """How many people were given it: by NHS number, else by name and date of birth."""
        return len({one.nhs_number or (one.patient, one.born) for one in self.given})

    @property
    def sentence(self) -> str:
        """Return what the list says, without naming anybody."""
        if not self.given:
            said = f"No record here says that anyone was given batch {self.number}."
        else:
            doses, people = len(self.given), self.patients
            said = (
                f"{people} {'person was' if people == 1 else 'people were'} given batch {self.number}: "
                f"{doses} dose{'s' * (doses != 1)}."
            )
        if self.others:
            many = len(self.others)
            said += (
                f" {many} more records name it but do not count as doses."
                if many > 1
                else " One more record names it but does not count as a dose."
            )
        if self.alike:
            said += (
                f" Nearly the same number is on record: {', '.join(self.alike)}. Check for a typing mistake."
            )
        return said
