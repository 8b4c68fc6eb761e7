"""The fictional pharmacy, people, patients and practices of practice mode (``resources/practice_mode``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from digmed_desktop.clinical.record import (
    Address,
    Organisation,
    Patient,
    PersonName,
    PhoneUse,
    Regulator,
    Sex,
    Telephone,
    Traced,
)
from digmed_desktop.data_files.source import OWN

_FOLDER = "practice_mode"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a practice's system: an ITK code, ``after`` so many units of the answering time."""

    code: str
    after: float
    diagnostics: str = ""
    ask_answer: bool = False


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The fate of messages about a patient. ``shows`` says it in words.

    ``once``: only the first message is treated so, later ones are matched. ``report``: the code that MESH
    reports in place of any answer.
    """

    id: str
    label: str
    shows: str
    answers: tuple[Answer, ...]
    collects: bool = True
    once: bool = False
    report: str = ""


@dataclass(frozen=True, slots=True)
class FictionalPractice:
    """A practice and its mailbox; ``""`` when it takes no messages."""

    organisation: Organisation
    mailbox: str

    @property
    def ods_code(self) -> str:
        """Its ODS code."""
        return self.organisation.ods_code


@dataclass(frozen=True, slots=True)
class FictionalPatient:
    """A patient, where registered, and what becomes of messages about them.

    ``known_at`` is the ODS code of the practice that knows the patient when the registered one does not.
    """

    patient: Patient
    practice: FictionalPractice
    behaviour: Behaviour
    known_at: str = ""


@dataclass(frozen=True, slots=True)
class FictionalPerson:
    """Someone of the pharmacy; ``role`` is the id of a role of ``codes/roles.toml``."""

    name: PersonName
    role: str
    regulator: Regulator
    registration: str
    pin: str


@dataclass(frozen=True, slots=True)
class FictionalBatch:
    """A pack to practise with; ``product`` is the id of a product of ``programme``."""

    programme: str
    product: str
    number: str
    expiry: date


@dataclass(frozen=True, slots=True)
class World:
    """Everything and everyone of practice mode."""

    pharmacy: Organisation
    pharmacy_mailbox: str
    people: tuple[FictionalPerson, ...]
    practices: tuple[FictionalPractice, ...]
    patients: tuple[FictionalPatient, ...]
    batches: tuple[FictionalBatch, ...]
    behaviours: Mapping[str, Behaviour]

    def patient(self, nhs_number: str) -> FictionalPatient | None:
        """Return the patient with an NHS number, or None."""
        return next((one for one in self.patients if one.patient.nhs_number == nhs_number), None)

    def practice(self, ods_code: str) -> FictionalPractice | None:
        """Return the practice with an ODS code, or None."""
        return next((one for one in self.practices if one.ods_code == ods_code), None)


@cache
def load_world() -> World:
    """Return the world of practice mode."""
    organisations = OWN.raw(f"{_FOLDER}/organisations.toml")
    behaviours = {id_: _behaviour(id_, row) for id_, row in OWN.raw(f"{_FOLDER}/behaviours.toml").items()}
    practices = {
        row["ods_code"]: FictionalPractice(_organisation(row), row["mailbox"])
        for row in organisations["practice"]
    }
    patients = [
        FictionalPatient(
            patient=_patient(row),
            practice=practices[row["practice"]],
            behaviour=behaviours[row["behaviour"]],
            known_at=row.get("known_at", ""),
        )
        for row in OWN.raw(f"{_FOLDER}/patients.toml")["patient"]
    ]
    return World(
        pharmacy=_organisation(organisations["pharmacy"]),
        pharmacy_mailbox=organisations["pharmacy"]["mailbox"],
        people=tuple(_person(row) for row in OWN.raw(f"{_FOLDER}/people.toml")["person"]),
        practices=tuple(practices.values()),
        patients=tuple(patients),
        batches=tuple(FictionalBatch(**row) for row in OWN.raw(f"{_FOLDER}/batches.toml")["batch"]),
        behaviours=behaviours,
    )


def _behaviour(id_: str, row: Mapping[str, Any]) -> Behaviour:
    more = {name: row[name] for name in ("collects", "once", "report") if name in row}
    return Behaviour(id_, row["label"], row["shows"], tuple(Answer(**one) for one in row["answers"]), **more)


def _organisation(row: Mapping[str, Any]) -> Organisation:
    return Organisation(row["name"], row["ods_code"], _address(row), row["telephone"])


def _address(row: Mapping[str, Any]) -> Address:
    return Address(tuple(row["lines"]), row["city"], row["postcode"])


def _patient(row: Mapping[str, Any]) -> Patient:
    number = row["telephone"]
    use = PhoneUse.MOBILE if number.startswith("07") else PhoneUse.HOME
    return Patient(
        name=PersonName(row["given"], row["family"], row["prefix"]),
        nhs_number=row["nhs_number"],
        traced=Traced.PDS,
        date_of_birth=row["born"],
        sex=Sex(row["sex"]),
        address=_address(row),
        telephones=(Telephone(number, use),) if number else (),
    )


def _person(row: Mapping[str, Any]) -> FictionalPerson:
    name = PersonName(row["given"], row["family"], row["prefix"])
    return FictionalPerson(name, row["role"], Regulator(row["regulator"]), row["registration"], row["pin"])
