"""The model of a programme's file in ``resources/programmes``."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from digmed_desktop.clinical.data_types import CodedTerm, Concept, ListedOption
from digmed_desktop.clinical.form_file import FormFile
from digmed_desktop.data_files.fault import Fault, listed, shown
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import Age, Amount, DataModel, Flag, Id, Ids, Lines, Range, Text, Texts
from digmed_desktop.data_files.source import DataSource
from digmed_desktop.reference.codes_file import CodesFile, RolesFile, code_and_term

FORM, CODES, ROLES = "forms/vaccination.toml", "codes/vaccination.toml", "codes/roles.toml"
Day = Annotated[date, Field(description="a date without quotation marks, such as 2026-09-01")]
Number = Annotated[int, Field(ge=1, le=9, description="a whole number from 1 to 9")]
Answers = Annotated[
    dict[str, Texts],
    Field(description='questions with lists of answers, such as { "screening.egg" = ["yes"] }'),
]


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


class DoubtRow(DataModel):
    """A doubt: which answers and ages raise it, and what is said."""

    field: Text
    sentence: Text
    since: Day
    source: Text
    until: Day | None = None
    when: Answers = {}
    from_age: Age | None = None
    to_age: Age | None = None


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
    display: Text
    manufacturer: Text = ""
    routes: Ids
    dose: Amount | None = None
    min_age: Age | None = None
    max_age: Age | None = None
    live: Flag = False
    second_line: Range | None = None
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


class ProgrammeFile(DataModel):
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
    unit: Id
    vaccine: Text
    target_disease: CodedTerm | None = None
    second_dose: Text = ""
    pregnancy_weeks: Range | None = None
    sites: Ids
    routes: Ids
    doses: Ids = ["1", "2"]
    not_given_reasons: Ids
    legal_bases: Ids
    consent_givers: Ids
    screening: Ids
    indications: Ids | None = None
    advice: Lines
    advice_source: Text
    dose_sequence: Flag = False
    earlier_doses: list[EarlierRow] = []
    doubt: list[DoubtRow] = []
    service: Annotated[list[ServiceRow], Field(min_length=1, description="at least one service")]
    product: Annotated[list[ProductRow], Field(min_length=1, description="at least one product")]
    procedure: Annotated[list[ProcedureRow], Field(min_length=1, description="at least one procedure")]
    eligibility: list[EligibilityRow] = []


def cross_check(at: At, file: ProgrammeFile, source: DataSource) -> Iterator[Fault]:
    """Yield what does not fit within a programme, with the shared codes, and with the questions of the form."""
    codes = source.read(CODES, CodesFile)
    yield from at.stem(file.id)
    for table in ("service", "product", "eligibility"):
        yield from at.twice(table, "id", [row.id for row in getattr(file, table)])
    yield from code_and_term(at, "eligibility", list(file.eligibility))
    yield from _shared(at, file, codes)
    yield from _products(at, file)
    yield from _procedures(at, file, source.read(ROLES, RolesFile))
    yield from _dates(at, file)
    yield from _rules(at, file, source.read(FORM, FormFile), codes)
    yield from _other_programmes(at, file, source)


def _shared(at: At, file: ProgrammeFile, codes: CodesFile) -> Iterator[Fault]:
    """Yield ids that the shared codes do not have."""
    for key, table, what in (
        ("sites", "site", "a site"),
        ("routes", "route", "a route"),
        ("doses", "dose", "a dose"),
        ("not_given_reasons", "not_given_reason", "a reason"),
        ("legal_bases", "legal_basis", "a legal basis"),
        ("consent_givers", "consent_giver", "a giver of consent"),
        ("indications", "indication", "an indication"),
    ):
        yield from at.unknown((key,), getattr(file, key) or (), codes.ids(table), what)
    yield from at.unknown(("unit",), [file.unit], codes.ids("unit"), "a unit")
    both = {row.id for row in file.eligibility} & set(file.indications or ())
    for id_ in sorted(both):
        yield at.fault(("indications",), f"{shown(id_)} is an eligibility here too", "an id of its own")
    if not file.eligibility and not file.indications:
        yield at.fault(("eligibility",), "there is no reason for eligibility", "eligibility or indications")
    for route in codes.route:
        if route.id in file.routes and not set(route.sites) & set(file.sites):
            wrong = f"no site of the programme fits the route {shown(route.id)}"
            yield at.fault(("routes",), wrong, f"one of {listed(route.sites)} among the sites")


def _products(at: At, file: ProgrammeFile) -> Iterator[Fault]:
    codes: list[str] = []
    for number, product in enumerate(file.product):
        place = ("product", number)
        yield from at.unknown(
            (*place, "routes"), product.routes, set(file.routes), "a route of the programme"
        )
        if product.code and product.code in codes:
            yield at.fault((*place, "code"), f"{shown(product.code)} stands there twice", "a code of its own")
        codes.append(product.code or "")
        yield from _in_order(at, place, "min_age", product.min_age, "max_age", product.max_age)
    for number, row in enumerate(file.eligibility):
        yield from _in_order(at, ("eligibility", number), "min_age", row.min_age, "max_age", row.max_age)


def _procedures(at: At, file: ProgrammeFile, roles: RolesFile) -> Iterator[Fault]:
    known = {role.code for role in roles.role}
    seen: list[tuple[object, ...]] = []
    for number, row in enumerate(file.procedure):
        place = ("procedure", number)
        yield from at.unknown((*place, "roles"), row.roles or (), known, "a role")
        yield from at.unknown(
            (*place, "routes"), row.routes or (), set(file.routes), "a route of the programme"
        )
        if row.reason is not None:
            reasons = set(file.not_given_reasons)
            yield from at.unknown((*place, "reason"), [row.reason], reasons, "a reason of the programme")
        if row.given and row.reason is not None:
            yield at.fault((*place, "reason"), "it is given, so there is no reason", "given = false")
        for role in row.roles or [""]:
            for route in row.routes or [""]:
                truth = (role, route, row.dose_number, row.given, row.reason)
                if truth in seen:
                    wrong = "an earlier procedure is true of the same role, route and dose"
                    yield at.fault((*place, "code"), wrong, "one procedure for each")
                seen.append(truth)


def _dates(at: At, file: ProgrammeFile) -> Iterator[Fault]:
    if (file.season_start is None) != (file.season_end is None):
        missing = "season_start" if file.season_start is None else "season_end"
        yield at.fault((missing,), "this key is missing", "both days of the season, or none")
    yield from _in_order(at, (), "season_start", file.season_start, "season_end", file.season_end)
    if file.season_start and file.season_end:
        for number, row in enumerate(file.eligibility):
            start = row.adult_start
            if start is not None and not file.season_start <= start <= file.season_end:
                wrong = f"{start.isoformat()} is not in the season"
                yield at.fault(("eligibility", number, "adult_start"), wrong, "a day of the season")
        if file.age_by is not None and not file.season_start <= file.age_by <= file.season_end:
            wrong = f"{file.age_by.isoformat()} is not in the season"
            yield at.fault(("age_by",), wrong, "a day of the season")


def _rules(at: At, file: ProgrammeFile, form: FormFile, codes: CodesFile) -> Iterator[Fault]:
    """Yield what does not fit in screening, doubts and the rules about earlier doses."""
    questions = form.question_ids()
    screening = {id_.removeprefix("screening.") for id_ in questions if id_.startswith("screening.")} - {
        "note"
    }
    yield from at.unknown(("screening",), file.screening, screening, "a screening question")
    reasons = {row.id for row in file.eligibility} | set(file.indications or ())
    for number, doubt in enumerate(file.doubt):
        place = ("doubt", number)
        yield from at.unknown((*place, "field"), [doubt.field], questions, "a question of the form")
        yield from at.unknown((*place, "when"), doubt.when, questions, "a question of the form")
        yield from _answers(at, place, doubt, form, file)
        yield from _in_order(at, place, "from_age", doubt.from_age, "to_age", doubt.to_age)
        yield from _in_order(at, place, "since", doubt.since, "until", doubt.until)
        if not doubt.when and doubt.from_age is None and doubt.to_age is None:
            yield at.fault((*place, "when"), "nothing raises this doubt", "when, from_age or to_age")
    for number, rule in enumerate(file.earlier_doses):
        place = ("earlier_doses", number)
        yield from _in_order(at, place, "since", rule.since, "until", rule.until)
        for key in ("reasons", "not_reasons"):
            yield from at.unknown((*place, key), getattr(rule, key) or (), reasons, "an eligibility")
        if not (rule.season or rule.pregnancy or rule.most or rule.least_days):
            yield at.fault(place, "this rule says nothing", "season, pregnancy, most or least_days")
        if rule.season and file.season_start is None:
            yield at.fault((*place, "season"), "the programme has no season", "season_start and season_end")


def _answers(
    at: At, place: tuple[str | int, ...], doubt: DoubtRow, form: FormFile, file: ProgrammeFile
) -> Iterator[Fault]:
    """Yield answers of a doubt that its question does not offer."""
    fields = {field.id: field for group in form.group for field in group.field}
    lists = {
        "products": {row.id for row in file.product},
        "sites": set(file.sites),
        "routes": set(file.routes),
        "doses": set(file.doses),
        "eligibility": {row.id for row in file.eligibility} | set(file.indications or ()),
        "not_given_reasons": set(file.not_given_reasons),
        "legal_bases": set(file.legal_bases),
        "consent_givers": set(file.consent_givers),
        "services": {row.id for row in file.service},
    }
    for question, answers in doubt.when.items():
        field = fields.get(question)
        if field is None:
            continue
        known = {option.id for option in field.options} or lists.get(field.options_from, set())
        if field.kind.value == "yes-no":
            known = {"yes", "no"}
        if known:
            yield from at.unknown((*place, "when", question), answers, known, f"an answer of {question}")


def _other_programmes(at: At, file: ProgrammeFile, source: DataSource) -> Iterator[Fault]:
    """Yield programmes whose doses a rule looks at and that are not there."""
    known = {name.rpartition("/")[2].removesuffix(".toml") for name in source.all_names("programmes")}
    for number, rule in enumerate(file.earlier_doses):
        yield from at.unknown(("earlier_doses", number, "of"), rule.of or (), known, "a programme")


def _in_order(
    at: At,
    place: tuple[str | int, ...],
    first_key: str,
    first: int | date | None,
    last_key: str,
    last: int | date | None,
) -> Iterator[Fault]:
    if first is not None and last is not None and first > last:  # type: ignore[operator]
        yield at.fault((*place, last_key), f"{last} is before {first_key}, {first}", f"{first} or more")


KIND = FileKind("programmes", ProgrammeFile, cross_check, Consequence.PROGRAMME)
