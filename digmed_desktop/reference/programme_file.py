"""The checks of a programme's file in ``resources/programmes``, whose tables are in ``programme_rows``."""

from collections.abc import Iterator, Mapping, Sequence

from digmed_desktop.clinical.form_file import FormFile
from digmed_desktop.clinical.shared_rules_file import warning_faults
from digmed_desktop.data_files.fault import Fault, listed, shown
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.source import DataSource
from digmed_desktop.data_files.values import in_order
from digmed_desktop.reference.codes_file import CodesFile, RolesFile, code_and_term
from digmed_desktop.reference.programme_rows import ProductRow, ProgrammeFile
from digmed_desktop.reference.programme_terms import of_programme
from digmed_desktop.reference.terms_file import FILE as TERMS
from digmed_desktop.reference.terms_file import TermsFile, as_published

FORM, CODES, ROLES = "forms/vaccination.toml", "codes/vaccination.toml", "codes/roles.toml"
LONGEST_SEASON = 366  # days
_ALWAYS_ASKED = ("reaction",)
"""An earlier severe reaction speaks against every vaccine: Green Book, chapter 6."""


def cross_check(at: At, file: ProgrammeFile, source: DataSource) -> Iterator[Fault]:
    """Yield what does not fit within a programme, with the shared codes, and with the questions of the form."""
    codes = source.read(CODES, CodesFile)
    yield from at.stem(file.id)
    for table in ("service", "product", "eligibility"):
        yield from at.twice(table, "id", [row.id for row in getattr(file, table)])
    yield from code_and_term(at, "eligibility", list(file.eligibility))
    yield from _shared(at, file, codes)
    yield from _products(at, file)
    yield from _of_unknown_products(at, file)
    yield from _procedures(at, file, source.read(ROLES, RolesFile))
    yield from _dates(at, file)
    yield from _rules(at, file, source.read(FORM, FormFile), codes)
    yield from _other_programmes(at, file, source)
    terms = source.read(TERMS, TermsFile)
    for number, row in enumerate(file.eligibility):
        yield from as_published(at, ("eligibility", number), row.code, row.display, terms)
    yield from of_programme(at, file, terms, source.read(ROLES, RolesFile))


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
    for number, product in enumerate(file.product):
        units = [product.unit] if product.unit else []
        yield from at.unknown(("product", number, "unit"), units, codes.ids("unit"), "a unit")
    both = {row.id for row in file.eligibility} & set(file.indications or ())
    for id_ in sorted(both):
        yield at.fault(("indications",), f"{shown(id_)} is also an eligibility here", "its own id")
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
            yield at.fault((*place, "code"), f"{shown(product.code)} appears twice", "its own code")
        codes.append(product.code or "")
        if not product.code_confirmed and not product.code:
            yield at.fault((*place, "code_confirmed"), "there is no code", "a code, or no such key")
        if product.unit and not product.dose:
            yield at.fault((*place, "dose"), "the dose in this unit is not known", "a dose")
        yield from _ages(at, place, product, file)
        if bool(product.holds) != bool(product.holds_source):
            yield at.fault((*place, "holds_source"), "holds and its source belong together", "both, or none")
    for number, row in enumerate(file.eligibility):
        yield from in_order(at, ("eligibility", number), "min_age", row.min_age, "max_age", row.max_age)
        yield from in_order(at, ("eligibility", number), "born_from", row.born_from, "born_to", row.born_to)


def _of_unknown_products(at: At, file: ProgrammeFile) -> Iterator[Fault]:
    """Yield what is wrong in what counts for products that nobody knows more of."""
    yield from at.unknown(
        ("live_routes",), file.live_routes or (), set(file.routes), "a route of the programme"
    )
    for key in ("usual_doses", "live_routes"):
        if bool(getattr(file, key)) != bool(getattr(file, f"{key}_source")):
            yield at.fault((f"{key}_source",), f"{key} and its source belong together", "both, or none")


def _ages(at: At, place: tuple[str | int, ...], product: ProductRow, file: ProgrammeFile) -> Iterator[Fault]:
    """Yield what is wrong in the ages of a product."""
    yield from in_order(at, place, "min_age", product.min_age, "max_age", product.max_age)
    least = [key for key in ("min_age", "min_months", "min_weeks") if getattr(product, key) is not None]
    limited = bool(least) or product.max_age is not None
    for key in ("age_source", "age_confidence"):
        if limited != (getattr(product, key) is not None):
            yield at.fault((*place, key), "an age and its source must appear together", f"{key}, or no age")
    for key in least[1:]:
        yield at.fault((*place, key), "the minimum age appears twice", "one of them")
    if product.age_in_season and (file.age_by is None or product.min_age is None):
        yield at.fault((*place, "age_in_season"), "there is no minimum age", "age_by and min_age")


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
            yield at.fault((*place, "reason"), "it was given, so it needs no reason", "given = false")
        for role in row.roles or [""]:
            for route in row.routes or [""]:
                truth = (role, route, row.dose_number, row.given, row.reason)
                if truth in seen:
                    wrong = "an earlier procedure has the same role, route and dose"
                    yield at.fault((*place, "code"), wrong, "one procedure for each")
                seen.append(truth)


def _dates(at: At, file: ProgrammeFile) -> Iterator[Fault]:
    if (file.season_start is None) != (file.season_end is None):
        missing = "season_start" if file.season_start is None else "season_end"
        yield at.fault((missing,), "this key is missing", "both days of the season, or none")
    yield from in_order(at, (), "season_start", file.season_start, "season_end", file.season_end)
    if file.season_start and file.season_end:
        if (file.season_end - file.season_start).days > LONGEST_SEASON:
            wrong = f"{file.season_end.isoformat()} is more than a year after the season's first day"
            yield at.fault(("season_end",), wrong, "the last day of this season")
        for number, row in enumerate(file.eligibility):
            start = row.adult_start
            if start is not None and not file.season_start <= start <= file.season_end:
                wrong = f"{start.isoformat()} is not in the season"
                yield at.fault(("eligibility", number, "adult_start"), wrong, "a day of the season")
        if file.age_by is not None and not file.season_start <= file.age_by <= file.season_end:
            wrong = f"{file.age_by.isoformat()} is not in the season"
            yield at.fault(("age_by",), wrong, "a day of the season")


def _rules(at: At, file: ProgrammeFile, form: FormFile, codes: CodesFile) -> Iterator[Fault]:
    """Yield what does not fit in screening, warnings and the rules about earlier doses."""
    questions = form.question_ids()
    screening = {id_.removeprefix("screening.") for id_ in questions if id_.startswith("screening.")} - {
        "note"
    }
    yield from at.unknown(("screening",), file.screening, screening, "a screening question")
    yield from at.needed("screening", file.screening, _ALWAYS_ASKED, "question")
    reasons = {row.id for row in file.eligibility} | set(file.indications or ())
    for number, warning in enumerate(file.warning):
        place = ("warning", number)
        yield from warning_faults(at, place, warning, questions)
        for key, asked in (("when", warning.when), ("unless", warning.unless)):
            yield from _answers(at, (*place, key), asked, form, file, codes)
        limits = (warning.from_age, warning.to_age, warning.born_from, warning.born_to)
        if not warning.when and limits == (None,) * 4:
            yield at.fault(
                (*place, "when"),
                "nothing triggers this warning",
                "when, from_age, to_age, born_from or born_to",
            )
    for number, rule in enumerate(file.earlier_doses):
        place = ("earlier_doses", number)
        yield from in_order(at, place, "since", rule.since, "until", rule.until)
        yield from in_order(at, place, "min_age", rule.min_age, "max_age", rule.max_age)
        for key in ("reasons", "not_reasons"):
            yield from at.unknown((*place, key), getattr(rule, key) or (), reasons, "an eligibility")
        for key, asked in (("when", rule.when), ("unless", rule.unless)):
            yield from at.unknown((*place, key), asked, questions, "a question of the form")
            yield from _answers(at, (*place, key), asked, form, file, codes)
        if not (rule.season or rule.pregnancy or rule.most or rule.least_days):
            yield at.fault(place, "this rule has no effect", "season, pregnancy, most or least_days")
        if rule.season and file.season_start is None:
            yield at.fault((*place, "season"), "the programme has no season", "season_start and season_end")


def _answers(
    at: At,
    place: tuple[str | int, ...],
    asked: Mapping[str, Sequence[str]],
    form: FormFile,
    file: ProgrammeFile,
    codes: CodesFile,
) -> Iterator[Fault]:
    """Yield answers of a rule that its question does not offer."""
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
        "risk_groups": set(codes.ids("risk_group")),
    }
    for question, answers in asked.items():
        field = fields.get(question)
        if field is None:
            continue
        known = {option.id for option in field.options} or lists.get(field.options_from, set())
        if field.kind.value == "yes-no":
            known = {"yes", "no"}
        if known:
            yield from at.unknown((*place, question), answers, known, f"an answer of {question}")


def _other_programmes(at: At, file: ProgrammeFile, source: DataSource) -> Iterator[Fault]:
    """Yield programmes whose doses a rule looks at and that are not there."""
    known = {name.rpartition("/")[2].removesuffix(".toml") for name in source.all_names("programmes")}
    for number, rule in enumerate(file.earlier_doses):
        yield from at.unknown(("earlier_doses", number, "of"), rule.of or (), known, "a programme")


KIND = FileKind("programmes", ProgrammeFile, cross_check, Consequence.PROGRAMME)
