"""The rules of the program as texts of the help, made of the data that the program goes by."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from digmed_desktop import resources
from digmed_desktop.clinical import form, law, supply_tables
from digmed_desktop.clinical.confidence import NOT_CONFIRMED, Confidence
from digmed_desktop.clinical.dates import shown
from digmed_desktop.clinical.table_text import INTRO, Row, sentences, standing, table
from digmed_desktop.data_files.source import OWN

_WEIGHTS = {
    "stop": "Stops, unless an adviser is named",
    "warn": "Asks for a reason",
    "note": "Shown only",
    "stops": "Stops",
    "asks": "Asks for a reason",
    "allows": "Allowed",
}
_WORDS = {"yes": "Yes", "no": "No", "": "no answer"}
_DOUBTS = ("When", "Sentence", "Source and standing")
"""Three columns: more cannot be read at 200 % text."""


def _days(row: Row) -> str:
    since, until = row.get("since"), row.get("until")
    parts = [f"From {shown(since)}" if since else "", f"Until {shown(until)}" if until else ""]
    return ". ".join(part for part in parts if part)


def _programmes() -> Iterator[Row]:
    for name in OWN.names("programmes"):
        yield OWN.raw(name)


def _named(kinds: Iterable[str]) -> str:
    """Return the vaccinations of these agreements or ids by their names."""
    known = {row.get("agreement", row["id"]): row["name"] for row in _programmes()}
    return ", ".join(dict.fromkeys(known.get(kind, kind) for kind in kinds))


def _whom(row: Row) -> str:
    """Return which vaccines and patients a rule is about."""
    first, last = row.get("from_age"), row.get("to_age")
    parts = [
        _named(row["programmes"]) if row.get("programmes") else "",
        "live vaccines" if row.get("live") else "",
        f"vaccines that can contain {row['holds']}" if row.get("holds") else "",
        f"from {first} years" if first is not None else "",
        f"up to {last} years" if last is not None else "",
        "not given" if row.get("not_given") else "",
        f"{row['days_ago']} days ago or more" if row.get("days_ago") is not None else "",
    ]
    return ", ".join(part for part in parts if part) or "Every vaccine"


def _when(row: Row) -> str:
    """Return the answers that raise a rule, in the words of the form."""
    named = {question: [f"names {' or '.join(words)}"] for question, words in row.get("mentions", {}).items()}
    said = [*_answers(row.get("when", {})), *_answers(named)]
    said += [f"not while {one}" for one in _answers(row.get("unless", {}))]
    return "; ".join(said) or "Always"


def _answers(asked: Mapping[str, list[str]]) -> Iterator[str]:
    questions = {field.id: field for field in form.load("vaccination").fields()}
    for question, answers in asked.items():
        words = (
            {option.id: option.label for option in questions[question].options} | _WORDS | _listed(question)
        )
        yield f"{questions[question].label}: {' or '.join(words.get(one, one) for one in answers)}"


def _listed(question: str) -> dict[str, str]:
    """Return the words of the options that programmes and codes give to a question."""
    codes = OWN.raw("codes/vaccination.toml")
    match question:
        case "consent.given_by":
            rows: Iterable[Row] = codes["consent_giver"]
        case "vaccine.dose_number":
            rows = codes["dose"]
        case "vaccine.not_given_reason":
            rows = codes["not_given_reason"]
        case "vaccine.eligibility":
            rows = [row for file in _programmes() for row in file.get("eligibility", [])]
        case "session.service":
            return {"nhs": "NHS"}
        case "vaccine.product":
            return {row["id"]: row["short_name"] for file in _programmes() for row in file["product"]}
        case _:
            return {}
    return {row["id"]: row["label"] for row in rows}


def _shared(*topics: str) -> list[Row]:
    files = (OWN.raw(name)["rule"] for name in ("rules/vaccination.toml", "rules/both-forms.toml"))
    return [row for rows in files for row in rows if row["topic"] in topics]


def _rules(title: str, rows: Iterable[Row]) -> str:
    return f"# {title}\n\n{INTRO}\n{table(_DOUBTS, map(_doubt, rows))}"


def _doubt(row: Row) -> tuple[str, str, str]:
    return (
        sentences(_whom(row), _when(row), _days(row)),
        sentences(row["sentence"], _WEIGHTS[row.get("weight", "warn")]),
        sentences(row["source"], standing(row)),
    )


def screening() -> str:
    """Return what each answer of the health screen means for which vaccine."""
    return _rules("Screening", _shared("screening", "contradiction"))


def consent() -> str:
    """Return who can decide for whom, and what is asked of dates and services."""
    whom = [row for name in OWN.names("applicability") for row in OWN.raw(name)["rule"]]
    questions = {field.id: field.label for field in form.load("vaccination").fields()}
    rows = (
        (
            ", ".join(questions[one] for one in row["questions"]),
            _ages(row),
            sentences(row["source"], "Confirmed" if row["confirmed"] else NOT_CONFIRMED),
        )
        for row in whom
    )
    asked = table(("Questions", "Asked of", "Source and standing"), rows)
    rules = _rules("Consent, dates and services", _shared("consent", "date", "service"))
    return f"{rules}\n## Asked of some only\n\n{asked}"


def _ages(row: Row) -> str:
    parts = [
        f"from {row['from_age']} years" if "from_age" in row else "",
        f"up to {row['to_age']} years" if "to_age" in row else "",
        f"not of: {', '.join(row['not_sex'])}" if row.get("not_sex") else "",
    ]
    unless = [f"asked all the same: {_when({'when': row['unless']})}"] if row.get("unless") else []
    return "; ".join([part for part in parts if part] + unless)


def legal_bases() -> str:
    """Return who may vaccinate under which legal basis."""
    codes = OWN.raw("codes/vaccination.toml")
    bases = {row["id"]: row["label"] for row in codes["legal_basis"]}
    roles = {row["id"]: row["label"] for row in OWN.raw("codes/roles.toml")["role"]}
    rows = (
        (
            sentences(
                ", ".join(bases[one] for one in row["bases"]),
                ", ".join(roles[one] for one in row.get("roles", [])) or "Every role",
                _outside(row),
                _days(row),
            ),
            sentences(_WEIGHTS[row["verdict"]], row.get("sentence", "")),
            sentences(row["source"], f"Read: {row['read']}", standing(row)),
        )
        for row in OWN.raw("law/legal-bases.toml")["rule"]
    )
    head = ("Legal basis, role and vaccination", "Verdict", "Source and standing")
    return f"# Legal bases\n\n{INTRO}\n{table(head, rows)}"


def _outside(row: Row) -> str:
    named = _named(row.get("programmes", ()))
    return f"All but {named}" if row.get("outside") else named or "Every vaccination"


def vaccines() -> str:
    """Return ages, doses, intervals and doubts of each vaccination."""
    dose = "A dose off its usual size asks for a reason; ten times as much, or a tenth, stops."
    each = "\n".join(map(_programme, _programmes()))
    return f"# Vaccines: ages, doses, intervals\n\n{INTRO}\n{dose}\n\n{each}"


def _programme(file: Row) -> str:
    head = ("Vaccine", "Ages and usual dose", "Source and standing")
    products = table(head, (_product(row, file) for row in file["product"]))
    parts = [f"## {file['name']}\n\n{products}"]
    if file.get("earlier_doses"):
        rows = (
            (_interval(row), _days(row), sentences(row["source"], NOT_CONFIRMED))
            for row in file["earlier_doses"]
        )
        parts.append(table(("Earlier dose: asks for a reason", "Holds", "Source and standing"), rows))
    if file.get("doubt"):
        parts.append(table(_DOUBTS, map(_doubt, file["doubt"])))
    return "\n".join(parts)


def _product(row: Row, file: Row) -> tuple[str, str, str]:
    return (
        sentences(row["short_name"], _kind(row).capitalize()),
        sentences(f"Ages: {_product_ages(row)}", f"Dose: {_dose(row, file)}"),
        sentences(_source(row, file), _age_standing(row)),
    )


def _product_ages(row: Row) -> str:
    least = f"from {row['min_weeks']} weeks" if "min_weeks" in row else ""
    least = f"from {row['min_months']} months" if "min_months" in row else least
    least = f"from {row['min_age']} years" if "min_age" in row else least
    season = " (reached by the end of the season)" if row.get("age_in_season") else ""
    greatest = f"up to {row['max_age']} years" if "max_age" in row else ""
    return ", ".join(part for part in (f"{least}{season}" if least else "", greatest) if part) or "None known"


def _dose(row: Row, file: Row) -> str:
    known = [row["dose"]] if "dose" in row else file.get("usual_doses") or [file.get("default_dose", "")]
    return " or ".join(f"{one} mL" for one in known if one) or "Not known"


def _kind(row: Row) -> str:
    parts = ["live" if row.get("live") else "", *(f"can contain {one}" for one in row.get("holds", []))]
    return ", ".join(part for part in parts if part)


def _source(row: Row, file: Row) -> str:
    keys = ("source", "age_source", "holds_source")
    of_kind = [file[key] for key in ("usual_doses_source", "live_routes_source") if key in file]
    return "; ".join(dict.fromkeys([*(row[key] for key in keys if key in row), *of_kind]))


def _age_standing(row: Row) -> str:
    return standing({"confidence": row["age_confidence"]}) if "age_confidence" in row else NOT_CONFIRMED


def _interval(row: Row) -> str:
    parts = [
        f"fewer than {row.get('least') or str(row['least_days']) + ' days'} between two" if row.get("least_days") else "",
        "a second dose of the season" if row.get("season") else "",
        "a second dose in one pregnancy" if row.get("pregnancy") else "",
        f"more than {row['most']}" if row.get("most") else "",
        f"after {_named(row['of'])}" if row.get("of") else "",
        f"from {row['min_age']} years" if "min_age" in row else "",
    ]  # fmt: skip
    return ", ".join(part for part in parts if part)


def medicines() -> str:
    """Return what a pharmacist checks before an emergency supply of a medicine."""
    rows = (
        (
            ", ".join(row["names"]),
            sentences(
                row["check"],
                row.get("further", ""),
                "Asks for a reason" if Confidence(row["confidence"]).is_read else "Shown",
            ),
            sentences(row["source"], standing(row)),
        )
        for row in OWN.raw("medicines/high-risk.toml")["medicine"]
    )
    return f"# Medicines to check\n\n{INTRO}\n{table(('Medicine', 'Sentence', 'Source and standing'), rows)}"


TABLES: Mapping[str, tuple[str, Callable[[], str]]] = {
    "screening": ("Screening", screening),
    "consent": ("Consent, dates and services", consent),
    "legal-bases": ("Legal bases", legal_bases),
    "vaccines": ("Vaccines: ages, doses, intervals", vaccines),
    "law": ("Law on emergency supply", law.table),
    "medicines": ("Medicines to check before an emergency supply", medicines),
    "controlled-drugs": ("Controlled drugs and their names", supply_tables.controlled),
    "preparations": ("Kinds of preparation", supply_tables.preparations),
    "allergies": ("Allergies and amounts", supply_tables.allergies),
    "stops": ("Other stops", supply_tables.stops),
    "pgd-register": ("What the register of PGDs says", supply_tables.pgds),
}
"""The tables by topic of the help, each with its title."""


def index() -> str:
    """Return the list of all tables."""
    links = "\n".join(f"- [{title}](help:{topic})" for topic, (title, _make) in TABLES.items())
    lead = "Each opens here, and **Save as PDF** makes it fit for printing."
    return f"# Rules and their sources\n\n{INTRO}\n{lead}\n\n{links}\n"


def text(topic: str) -> str:
    """Return a text of the help in Markdown; raises DataFileError where it is made of a file with a fault."""
    if topic == "rules":
        return index()
    return TABLES[topic][1]() if topic in TABLES else resources.text(f"help/{topic}.md")
