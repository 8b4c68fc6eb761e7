"""The rules of the program as texts of the help, made of the data that the program goes by."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from digmed_desktop import resources
from digmed_desktop.clinical import data_review, form, hazard_log, incident_table, law, supply_tables
from digmed_desktop.clinical.confidence import NOT_CONFIRMED, Confidence
from digmed_desktop.clinical.rule_words import WARNING_HEADS, WEIGHTS, ages, days, named, warning, when
from digmed_desktop.clinical.table_text import INTRO, Row, origin, sentences, table
from digmed_desktop.clinical.vaccine_tables import vaccines
from digmed_desktop.data_files.source import OWN


def _shared(*topics: str) -> list[Row]:
    every = {"vaccination": "Every vaccine", "both-forms": "Every vaccine and emergency supply"}
    rows = ((row, whom) for name, whom in every.items() for row in OWN.raw(f"rules/{name}.toml")["rule"])
    return [{**row, "every": whom} for row, whom in rows if row["topic"] in topics]


def _rules(title: str, rows: Iterable[Row]) -> str:
    return f"# {title}\n\n{INTRO}\n{table(WARNING_HEADS, map(warning, rows))}"


def screening() -> str:
    """Return what each answer of the screening means for which vaccine."""
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
    rules = _rules("Consent, dates and services", _shared("consent", "date", "service", "practice"))
    return f"{rules}\n## Asked of some only\n\n{asked}"


def _ages(row: Row) -> str:
    parts = [
        ages(row.get("from_age"), row.get("to_age")),
        f"not of: {', '.join(row['not_sex'])}" if row.get("not_sex") else "",
    ]
    unless = [f"asked all the same: {when({'when': row['unless']})}"] if row.get("unless") else []
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
                days(row),
            ),
            sentences(WEIGHTS[row["verdict"]], row.get("sentence", "")),
            origin(row, row["source"], *_how_read(row)),
        )
        for row in OWN.raw("law/legal-bases.toml")["rule"]
    )
    head = ("Legal basis, role and vaccination", "Verdict", "Source and standing")
    return f"# Legal bases\n\n{INTRO}\n{table(head, rows)}"


def _how_read(row: Row) -> tuple[str, ...]:
    """Return which text of a legal basis was read, where one was."""
    return () if Confidence(row["confidence"]) is Confidence.GENERAL else (f"Read: {row['read']}",)


def _outside(row: Row) -> str:
    kinds = named(row.get("programmes", ()))
    return f"All but {kinds}" if row.get("outside") else kinds or "Every vaccination"


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
            origin(row, row["source"]),
        )
        for row in OWN.raw("medicines/high-risk.toml")["medicine"]
    )
    return f"# Medicines to check\n\n{INTRO}\n{table(('Medicine', 'Sentence', 'Source and standing'), rows)}"


def practices() -> str:
    """Return which practices and other care the electronic messages do not reach."""
    weights = {"paper": "Paper only", "warn": "Asks for a reason"}
    rows = (
        (
            sentences(*(f"{label} {', '.join(row[key])}" for key, label in _TELLS if row.get(key))),
            sentences(row["sentence"], weights[row["weight"]]),
            origin(row, row["source"]),
        )
        for row in OWN.raw("rules/practices.toml")["place"]
    )
    head = ("Told by", "Sentence", "Source and standing")
    return f"# Practices that the messages do not reach\n\n{INTRO}\n{table(head, rows)}"


_TELLS = (("codes", "ODS code, # for a digit:"), ("names", "Name:"), ("postcodes", "Postcode area:"))
_FILES: Mapping[str, tuple[str, ...]] = {
    "screening": ("rules",),
    "consent": ("rules", "applicability/vaccination", "applicability/emergency-supply"),
    "legal-bases": ("law/legal-bases",),
    "vaccines": ("programmes",),
    "law": ("law/emergency-supply",),
    "medicines": ("medicines/high-risk",),
    "controlled-drugs": ("medicines/controlled-drugs",),
    "preparations": ("medicines/preparations",),
    "allergies": ("medicines/allergies", "medicines/amounts"),
    "stops": ("rules/stops",),
    "incident-kinds": ("incidents/kinds",),
    "practices-not-reached": ("rules/practices",),
}
"""The files and folders of which each table is made."""

TABLES: Mapping[str, tuple[str, Callable[[], str]]] = {
    "screening": ("Screening", screening),
    "consent": ("Consent, dates and services", consent),
    "practices-not-reached": ("Practices that the messages do not reach", practices),
    "legal-bases": ("Legal bases", legal_bases),
    "vaccines": ("Vaccines: ages, doses, intervals", vaccines),
    "law": ("Law on emergency supply", law.table),
    "medicines": ("Medicines to check before an emergency supply", medicines),
    "controlled-drugs": ("Controlled drugs and their names", supply_tables.controlled),
    "preparations": ("Kinds of preparation", supply_tables.preparations),
    "allergies": ("Allergies and amounts", supply_tables.allergies),
    "stops": ("Other stops", supply_tables.stops),
    "incident-kinds": ("Incidents: what to do, and where to report", incident_table.incidents),
    "pgd-register": ("The register of PGDs", supply_tables.pgds),
    data_review.TOPIC: (data_review.TITLE, data_review.text),
}
"""The tables by topic of the help, each with its title."""


HAZARDS = "hazards"
"""The topic of the hazard log, which is made of its data as well."""


def index() -> str:
    """Return the list of all tables."""
    links = "\n".join(f"- [{title}](help:{topic})" for topic, (title, _make) in TABLES.items())
    lead = "Each opens here, and **Save as PDF** makes it fit for printing."
    return f"# Rules and their sources\n\n{INTRO}\n{lead}\n\n{links}\n"


def text(topic: str, today: date | None = None) -> str:
    """Return a text of the help in Markdown; raises DataFileError where it is made of a file with a fault.

    ``today`` marks what is past its day on a page that is read now; a page on paper has the days alone.
    """
    if topic == "rules":
        return index()
    if topic == HAZARDS:
        return hazard_log.text()
    if topic == data_review.TOPIC:
        return data_review.text(today)
    if topic not in TABLES:
        return resources.text(f"help/{topic}.md")
    head, _, rest = TABLES[topic][1]().partition("\n\n")
    return "\n\n".join(part for part in (head, data_review.of_files(_FILES.get(topic, ())), rest) if part)
