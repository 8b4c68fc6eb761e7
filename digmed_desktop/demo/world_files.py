"""The models of ``resources/practice_mode``."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from digmed_desktop.clinical import ods, postcode
from digmed_desktop.clinical.data_types import NhsNumber
from digmed_desktop.clinical.record import Regulator, Sex
from digmed_desktop.data_files.fault import Fault, shown
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Flag, Id, OptionalText, Table, Text
from digmed_desktop.data_files.source import DataSource
from digmed_desktop.data_files.values import DAYS
from digmed_desktop.fhir.answer_files import ResponsesFile
from digmed_desktop.mesh.reports_file import ReportsFile
from digmed_desktop.reference.codes_file import RolesFile
from digmed_desktop.reference.programme_rows import ProgrammeFile

_FOLDER = "practice_mode"
_TEST_RANGE = "999"  # NHS numbers that are never given to anyone
Day = Annotated[
    date,
    Field(
        ge=date(1900, 1, 1),
        le=DAYS[1],
        description="a date without quotation marks, such as 1951-03-14",
    ),
]


class AnswerRow(DataModel):
    """One answer of a practice's system."""

    code: Text
    after: Annotated[float, Field(ge=0, le=100, description="a number of units of the answering time")]
    diagnostics: Text = ""
    ask_answer: Flag = False


class BehaviourRow(DataModel):
    """The fate of messages about a patient."""

    label: Text
    shows: Text
    answers: list[AnswerRow] = []
    collects: Flag = True
    once: Flag = False
    report: Text = ""


class BehavioursFile(Table[BehaviourRow]):
    """How practices answer."""


class OrganisationRow(DataModel):
    """A pharmacy or a practice."""

    name: Text
    ods_code: Text
    mailbox: OptionalText
    lines: list[Text]
    city: Text
    postcode: Text
    telephone: Text


class OrganisationsFile(DataModel):
    """The pharmacy and the practices."""

    pharmacy: OrganisationRow
    practice: list[OrganisationRow]


class PatientRow(DataModel):
    """A fictional patient."""

    nhs_number: NhsNumber
    prefix: OptionalText
    given: Text
    family: Text
    born: Day
    sex: Annotated[Sex, BY_VALUE]
    lines: list[Text]
    city: OptionalText
    postcode: Text
    telephone: OptionalText
    practice: Text
    behaviour: Id
    known_at: Text = ""


class PatientsFile(DataModel):
    """The fictional patients."""

    patient: list[PatientRow]


class PersonRow(DataModel):
    """Someone of the fictional pharmacy."""

    prefix: OptionalText
    given: Text
    family: Text
    role: Id
    regulator: Annotated[Regulator, BY_VALUE]
    registration: OptionalText
    pin: Annotated[str, Field(pattern=r"^[0-9]{6}$", description="a PIN of six digits")]


class PeopleFile(DataModel):
    """The people of the fictional pharmacy."""

    person: Annotated[list[PersonRow], Field(min_length=1, description="at least one person")]


class BatchRow(DataModel):
    """A pack to practise with."""

    programme: Id
    product: Id
    number: Text
    expiry: Day


class BatchesFile(DataModel):
    """The packs to practise with."""

    batch: list[BatchRow]


def cross_check_behaviours(at: At, file: BehavioursFile, source: DataSource) -> Iterator[Fault]:
    """Yield answers and reports that the program has no words for."""
    codes = source.read("responses/codes.toml", ResponsesFile).__pydantic_extra__
    reports = source.read("mesh/reports.toml", ReportsFile).codes
    for id_, row in file.root.items():
        for number, answer in enumerate(row.answers):
            yield from at.unknown((id_, "answers", number, "code"), [answer.code], codes, "a response code")
        if row.report:
            yield from at.unknown((id_, "report"), [row.report], reports, "a code of MESH")


def cross_check_organisations(at: At, file: OrganisationsFile, _source: DataSource) -> Iterator[Fault]:
    """Yield ODS codes that stand there twice, and codes and postcodes of a wrong shape."""
    yield from at.twice("practice", "ods_code", [one.ods_code for one in file.practice])
    rows = [(("pharmacy",), file.pharmacy), *((("practice", n), row) for n, row in enumerate(file.practice))]
    for place, row in rows:
        if ods.sentence_about(row.ods_code, "ODS code"):
            yield at.fault(
                (*place, "ods_code"), f"{shown(row.ods_code)} is not an ODS code", "such as X90001"
            )
        if postcode.sentence_about(row.postcode):
            yield at.fault(
                (*place, "postcode"), f"{shown(row.postcode)} is not a postcode", "such as ZZ99 9PA"
            )


def cross_check_patients(at: At, file: PatientsFile, source: DataSource) -> Iterator[Fault]:
    """Yield numbers that a real patient could have, and practices and behaviours that are not there."""
    organisations = source.read(f"{_FOLDER}/organisations.toml", OrganisationsFile)
    behaviours = source.read(f"{_FOLDER}/behaviours.toml", BehavioursFile).root
    practices = {one.ods_code for one in organisations.practice}
    yield from at.twice("patient", "nhs_number", [one.nhs_number for one in file.patient])
    for number, row in enumerate(file.patient):
        place = ("patient", number)
        if not row.nhs_number.startswith(_TEST_RANGE):
            wrong = "the number is not in the range reserved for tests"
            yield at.fault((*place, "nhs_number"), wrong, "a number that begins with 999")
        yield from at.unknown((*place, "practice"), [row.practice], practices, "a practice")
        yield from at.unknown((*place, "behaviour"), [row.behaviour], behaviours, "a behaviour")
        if row.known_at:
            yield from at.unknown((*place, "known_at"), [row.known_at], practices, "a practice")
        if postcode.sentence_about(row.postcode):
            yield at.fault(
                (*place, "postcode"), f"{shown(row.postcode)} is not a postcode", "such as ZZ99 9QA"
            )


def cross_check_people(at: At, file: PeopleFile, source: DataSource) -> Iterator[Fault]:
    """Yield roles that are not there."""
    roles = {role.id for role in source.read("codes/roles.toml", RolesFile).role}
    for number, row in enumerate(file.person):
        yield from at.unknown(("person", number, "role"), [row.role], roles, "a role")


def cross_check_batches(at: At, file: BatchesFile, source: DataSource) -> Iterator[Fault]:
    """Yield programmes and products that are not there."""
    programmes = {
        name.rpartition("/")[2].removesuffix(".toml"): name for name in source.all_names("programmes")
    }
    for number, row in enumerate(file.batch):
        place = ("batch", number)
        yield from at.unknown((*place, "programme"), [row.programme], programmes, "a programme")
        if row.programme in programmes:
            programme = source.read(programmes[row.programme], ProgrammeFile)
            products = {one.id for one in programme.product}
            yield from at.unknown((*place, "product"), [row.product], products, "a product of the programme")


KINDS = (
    FileKind(
        f"{_FOLDER}/behaviours.toml",
        BehavioursFile,
        cross_check_behaviours,
        Consequence.PART,
        frozenset({"answers"}),
    ),
    FileKind(f"{_FOLDER}/organisations.toml", OrganisationsFile, cross_check_organisations, Consequence.PART),
    FileKind(f"{_FOLDER}/patients.toml", PatientsFile, cross_check_patients, Consequence.PART),
    FileKind(f"{_FOLDER}/people.toml", PeopleFile, cross_check_people, Consequence.PART),
    FileKind(f"{_FOLDER}/batches.toml", BatchesFile, cross_check_batches, Consequence.PART),
)
