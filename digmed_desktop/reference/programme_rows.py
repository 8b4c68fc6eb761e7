"""The tables of a programme's file in ``resources/programmes``."""

from typing import Annotated, Literal

from pydantic import Field

from digmed_desktop.clinical.confidence import Confidence
from digmed_desktop.clinical.data_types import CodedTerm, Concept, ListedOption
from digmed_desktop.clinical.shared_rules_file import Answers, WarningRow
from digmed_desktop.data_files.model import (
    BY_VALUE,
    Age,
    Amount,
    DataModel,
    Flag,
    Id,
    Ids,
    Lines,
    Range,
    Text,
    Texts,
)
from digmed_desktop.data_files.reviewed import ReviewedFile
from digmed_desktop.data_files.values import Day

Number = Annotated[int, Field(ge=1, le=9, description="a whole number from 1 to 9")]


class EarlierRow(DataModel):
    """When an earlier dose matters for the next."""

    since: Day
    source: Text
    until: Day | None = None
    season: Flag = False
    pregnancy: Flag = False
    most: Annotated[int, Field(ge=0, le=20, description="a whole number of doses")] = 0
    least_days: Annotated[int, Field(ge=0, le=40_000, description="a whole number of days")] = 0
    least: Text = ""
    of: Ids | None = None
    reasons: Ids | None = None
    not_reasons: Ids | None = None
    min_age: Age | None = None
    max_age: Age | None = None
    when: Answers = {}
    unless: Answers = {}
    confidence: Annotated[Confidence, BY_VALUE] | None = None


class ServiceRow(DataModel):
    """A service under which it is given."""

    id: Id
    label: Text
    hint: Text = ""
    source: Text


class ProductRow(DataModel):
    """A vaccine product."""

    id: Id
    short_name: Text
    code: Concept | None = None
    code_confirmed: Flag = True
    display: Text
    manufacturer: Text = ""
    routes: Ids
    dose: Amount | None = None
    unit: Id | None = None
    min_age: Age | None = None
    min_months: Annotated[int, Field(ge=1, le=240, description="an age in whole months")] | None = None
    min_weeks: Annotated[int, Field(ge=1, le=52, description="an age in whole weeks")] | None = None
    max_age: Age | None = None
    age_in_season: Flag = False
    age_source: Text | None = None
    age_confidence: Annotated[Confidence, BY_VALUE] | None = None
    live: Flag = False
    holds: Annotated[list[Literal["egg", "latex"]], Field(description="what an allergy can be to")] = []
    holds_source: Text | None = None
    second_line: Range | None = None
    black_triangle_source: Text | None = None
    source: Text


class ProcedureRow(DataModel):
    """A procedure code, and when it is true."""

    code: Concept
    display: Text
    roles: Texts | None = None
    routes: Ids | None = None
    dose_number: Number | None = None
    given: Flag = True
    reason: Id | None = None
    source: Text


class EligibilityRow(ListedOption):
    """A reason for eligibility, and whom it covers."""

    min_age: Age | None = None
    max_age: Age | None = None
    adult_start: Day | None = None
    born_from: Day | None = None
    born_to: Day | None = None


class DiseaseRow(CodedTerm):
    """A code of a disease, its term, and the older terms that other systems still send."""

    words: list[Text] = []


class SingleDose(DataModel):
    """Say that one dose is usual, so there is no course: once a season, a pregnancy or a life."""

    words: Annotated[Text, Field(description="how the form calls it in place of First")]
    source: Text


class ProgrammeFile(ReviewedFile):
    """One programme and season."""

    id: Id
    name: Text
    agreement: Id | None = None
    agreement_name: Text | None = None
    source: Text
    season_start: Day | None = None
    season_end: Day | None = None
    age_by: Day | None = None
    default_dose: Amount | None = None
    usual_doses: Annotated[list[Amount], Field(description="usual sizes of a dose, the smallest first")] = []
    usual_doses_source: Text | None = None
    live_routes: Ids | None = None
    live_routes_source: Text | None = None
    unit: Id
    vaccine: Text
    target_disease: CodedTerm | None = None
    target_disease_also: Annotated[
        list[DiseaseRow], Field(description="other codes and terms of the same disease: read, never sent")
    ] = []
    second_dose: Text = ""
    pregnancy_weeks: Range | None = None
    pregnancy_later: Text = ""
    sites: Ids
    routes: Ids
    doses: Ids = ["1", "2"]
    single_dose: SingleDose | None = None
    not_given_reasons: Ids
    legal_bases: Ids
    consent_givers: Ids
    screening: Ids
    indications: Ids | None = None
    advice: Lines
    advice_source: Text
    dose_sequence: Flag = False
    earlier_doses: list[EarlierRow] = []
    warning: list[WarningRow] = []
    service: Annotated[list[ServiceRow], Field(min_length=1, description="at least one service")]
    product: Annotated[list[ProductRow], Field(min_length=1, description="at least one product")]
    procedure: Annotated[list[ProcedureRow], Field(min_length=1, description="at least one procedure")]
    eligibility: list[EligibilityRow] = []
