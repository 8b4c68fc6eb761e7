"""Write a row of the rules for a table of the help: whom it is about, what triggers it, and its effect."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from digmed_desktop.clinical import form
from digmed_desktop.clinical.dates import shown
from digmed_desktop.clinical.table_text import Row, origin, sentences
from digmed_desktop.data_files.source import OWN

WEIGHTS = {
    "stop": "Stops, unless an adviser is named",
    "warn": "Asks for a reason",
    "note": "Shown only",
    "stops": "Stops",
    "asks": "Asks for a reason",
    "allows": "Allowed",
}
_WORDS = {"yes": "Yes", "no": "No", "": "no answer"}
WARNING_HEADS = ("When", "Sentence", "Source and standing")
"""Three columns: more cannot be read at 200 % text."""


def days(row: Row) -> str:
    """Return between which days a rule holds, ``""`` where it always does."""
    since, until = row.get("since"), row.get("until")
    parts = [f"From {shown(since)}" if since else "", f"Until {shown(until)}" if until else ""]
    return ". ".join(part for part in parts if part)


def programme_files() -> Iterator[Row]:
    """Yield the file of each vaccination."""
    for name in OWN.names("programmes"):
        yield OWN.raw(name)


def named(kinds: Iterable[str]) -> str:
    """Return the vaccinations of these agreements or ids by their names."""
    known = {row.get("agreement", row["id"]): row["name"] for row in programme_files()}
    return ", ".join(dict.fromkeys(known.get(kind, kind) for kind in kinds))


def ages(first: int | None, last: int | None) -> str:
    """Return from which year of age to which, as people say it; ``""`` for every age."""
    if last is not None and not first:
        return f"under {last + 1} {'year' if last == 0 else 'years'}"
    if first is None:
        return ""
    if last is None or last == first:
        years = f"{first} {'year' if first == 1 else 'years'}"
        return f"from {years}" if last is None else f"aged {years}"
    return f"aged {first} {'or' if last == first + 1 else 'to'} {last} years"


def whom(row: Row) -> str:
    """Return which vaccines and patients a rule is about."""
    parts = [
        named(row["programmes"]) if row.get("programmes") else "",
        "live vaccines" if row.get("live") else "",
        f"vaccines that can contain {row['holds']}" if row.get("holds") else "",
        ages(row.get("from_age"), row.get("to_age")),
        born(row),
        "not given" if row.get("not_given") else "",
        f"{row['days_ago']} days ago or more" if row.get("days_ago") is not None else "",
    ]
    return ", ".join(part for part in parts if part) or row.get("every", "Every vaccine")


def born(row: Row) -> str:
    """Return the days of birth that a row is about, ``""`` for all."""
    parts = [
        f"{word} {shown(row[key])}" for word, key in (("from", "born_from"), ("to", "born_to")) if key in row
    ]
    return f"born {' '.join(parts)}" if parts else ""


def when(row: Row) -> str:
    """Return the answers that raise a rule, in the words of the form."""
    names = {
        question: [f"names {' or '.join(f'“{word}”' for word in words)}"]
        for question, words in row.get("mentions", {}).items()
    }
    kinds = row.get("programmes")
    said = [*_answers(row.get("when", {}), kinds), *_answers(names, kinds)]
    said += [f"not while {one}" for one in _answers(row.get("unless", {}), kinds)]
    return "; ".join(said) or "Always"


def _answers(asked: Mapping[str, list[str]], kinds: Collection[str] | None) -> Iterator[str]:
    questions = {field.id: field for field in form.load("vaccination").fields()}
    for question, answers in asked.items():
        words = (
            {option.id: option.label for option in questions[question].options}
            | _WORDS
            | _listed(question, kinds)
        )
        yield f"{questions[question].label}: {' or '.join(words.get(one, one) for one in answers)}"


def _listed(question: str, kinds: Collection[str] | None) -> dict[str, str]:
    """Return the words of the options that codes and programmes give to a question; ``kinds``: of which ones."""
    table = {
        "consent.given_by": "consent_giver",
        "eligibility.risk_group": "risk_group",
        "vaccine.dose_number": "dose",
        "vaccine.not_given_reason": "not_given_reason",
    }.get(question)
    if table:
        return {row["id"]: row["label"] for row in OWN.raw("codes/vaccination.toml")[table]}
    key, word = {
        "vaccine.eligibility": ("eligibility", "label"),
        "vaccine.product": ("product", "short_name"),
    }.get(question, ("", ""))
    if question == "session.service":
        return {"nhs": "NHS", "private": "Private"}
    found: dict[str, list[str]] = {}
    for file in programme_files():
        if kinds is None or file.get("agreement", file["id"]) in kinds:
            for row in file.get(key, []):
                found.setdefault(row["id"], []).append(row[word])
    return {one: " or ".join(dict.fromkeys(labels)) for one, labels in found.items()}


def warning(row: Row) -> tuple[str, str, str]:
    """Return a rule as a line of three cells."""
    return (
        sentences(whom(row), when(row), days(row)),
        sentences(row["sentence"], WEIGHTS[row.get("weight", "warn")]),
        origin(row, row["source"]),
    )
