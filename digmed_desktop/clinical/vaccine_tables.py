"""The table of the help about each vaccination: season, eligibility, ages, doses, intervals and warnings."""

from collections.abc import Iterator

from digmed_desktop.clinical.confidence import NOT_CONFIRMED
from digmed_desktop.clinical.dates import shown
from digmed_desktop.clinical.rule_words import (
    WARNING_HEADS,
    ages,
    born,
    days,
    named,
    programme_files,
    warning,
    when,
)
from digmed_desktop.clinical.table_text import INTRO, Row, sentences, standing, table
from digmed_desktop.data_files.source import OWN

_TWO_YEARS = 24  # months


def vaccines() -> str:
    """Return ages, doses, intervals and warnings of each vaccination."""
    dose = "A dose off its usual size asks for a reason; ten times as much, or a tenth, stops."
    each = "\n".join(map(_programme, programme_files()))
    return f"# Vaccines: ages, doses, intervals\n\n{INTRO}\n{dose}\n\n{each}"


def _programme(file: Row) -> str:
    head = ("Vaccine", "Ages and usual dose", "Source and standing")
    products = table(head, (_product(row, file) for row in file["product"]))
    parts = [f"## {file['name']}\n", *_of_the_whole(file), products]
    if file.get("eligibility"):
        rows = ((row["label"], _cohort(row), _of_cohort(row, file)) for row in file["eligibility"])
        parts.append(table(("Reason for eligibility", "Whom", "Source and standing"), rows))
    if file.get("earlier_doses"):
        rows = (
            (sentences(_interval(row)), days(row), sentences(row["source"], _standing(row)))
            for row in file["earlier_doses"]
        )
        parts.append(table(("Previous dose: asks for a reason", "Holds", "Source and standing"), rows))
    if file.get("warning"):
        parts.append(table(WARNING_HEADS, map(warning, file["warning"])))
    return "\n".join(parts)


def _standing(row: Row) -> str:
    return standing(row, row["source"]) if "confidence" in row else NOT_CONFIRMED


def _of_the_whole(file: Row) -> Iterator[str]:
    """Yield season, ages and weeks of pregnancy, which hold for every vaccine of a vaccination."""
    said = [
        f"Outside the season, from {shown(file['season_start'])} to {shown(file['season_end'])}, the form asks for a reason"
        if file.get("season_start")
        else "",
        f"An age that is reached by {shown(file['age_by'])} counts" if file.get("age_by") else "",
        "In pregnancy from week {} to week {}".format(*file["pregnancy_weeks"])
        if file.get("pregnancy_weeks")
        else "",
        f"Second dose: {file['second_dose']}" if file.get("second_dose") else "",
        "" if _knows_an_interval(file) else "The least interval between two doses is not known",
    ]
    if any(said):
        yield f"{sentences(*said)} Source: {file['source']}. {NOT_CONFIRMED}\n"


def _knows_an_interval(file: Row) -> bool:
    """Whether the days between two doses are known, or one dose is usual."""
    own = [row for row in file.get("earlier_doses", []) if not row.get("of")]
    return bool(file.get("single_dose")) or any(row.get("least_days") or row.get("most") == 1 for row in own)


def _cohort(row: Row) -> str:
    """Return whom a reason for eligibility covers."""
    adults = f"adults from {shown(row['adult_start'])}" if row.get("adult_start") else ""
    whom = born(row) or ages(row.get("min_age"), row.get("max_age")) or "Every age"
    return sentences(whom, adults)


def _of_cohort(row: Row, file: Row) -> str:
    return sentences(row.get("source", file["source"]), NOT_CONFIRMED)


def _product(row: Row, file: Row) -> tuple[str, str, str]:
    return (
        sentences(row["short_name"], _kind(row).capitalize()),
        sentences(f"Ages: {_product_ages(row)}", f"Dose: {_dose(row, file)}", _second_line(row)),
        sentences(_source(row, file), _age_standing(row, _source(row, file))),
    )


def _product_ages(row: Row) -> str:
    least = f"from {row['min_weeks']} weeks" if "min_weeks" in row else ""
    least = _months(row["min_months"]) if "min_months" in row else least
    least = f"from {row['min_age']} years" if "min_age" in row else least
    season = " (reached by the end of the season)" if row.get("age_in_season") else ""
    greatest = f"up to {row['max_age']} years" if "max_age" in row else ""
    return ", ".join(part for part in (f"{least}{season}" if least else "", greatest) if part) or "None known"


def _months(least: int) -> str:
    """Return a least age, in years from two on."""
    whole = least >= _TWO_YEARS and least % 12 == 0
    return f"from {least // 12} years" if whole else f"from {least} months"


def _second_line(row: Row) -> str:
    """Return for whom the NHS has another first choice."""
    return f"Second choice on the NHS: {ages(*row['second_line'])}" if row.get("second_line") else ""


def _dose(row: Row, file: Row) -> str:
    known = [row["dose"]] if "dose" in row else file.get("usual_doses") or [file.get("default_dose", "")]
    units = {unit["id"]: unit["label"] for unit in OWN.raw("codes/vaccination.toml")["unit"]}
    unit = units[row.get("unit", file["unit"])]
    return " or ".join(f"{one} {unit}" for one in known if one) or "Not known"


def _kind(row: Row) -> str:
    parts = [
        "live" if row.get("live") else "",
        "black triangle (▼): every suspected reaction is reported"
        if row.get("black_triangle_source")
        else "",
        ""
        if row.get("code_confirmed", True)
        else "code sent only once the imported dm+d has it under this name",
        *(f"can contain {one}" for one in row.get("holds", [])),
    ]
    return ", ".join(part for part in parts if part)


def _source(row: Row, file: Row) -> str:
    keys = ("source", "age_source", "holds_source", "black_triangle_source")
    of_kind = [file[key] for key in ("usual_doses_source", "live_routes_source") if key in file]
    return "; ".join(dict.fromkeys([*(row[key] for key in keys if key in row), *of_kind]))


def _age_standing(row: Row, source: str) -> str:
    if "age_confidence" not in row:
        return NOT_CONFIRMED
    how = standing({"confidence": row["age_confidence"]}, source)
    return f"Ages: {how[:1].lower()}{how[1:]}"


def _interval(row: Row) -> str:
    parts = [
        f"fewer than {row.get('least') or str(row['least_days']) + ' days'} between two" if row.get("least_days") else "",
        "a second dose of the season" if row.get("season") else "",
        "a second dose in one pregnancy" if row.get("pregnancy") else "",
        f"more than {row['most']} {'dose' if row['most'] == 1 else 'doses'}" if row.get("most") else "",
        f"after {named(row['of'])}" if row.get("of") else "",
        ages(row.get("min_age"), row.get("max_age")),
        when(row) if row.get("when") or row.get("unless") else "",
    ]  # fmt: skip
    return ", ".join(part for part in parts if part)
