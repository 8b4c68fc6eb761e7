"""Write the tables of supply rules and of the PGD register for the help, from the same data."""

from collections.abc import Iterator
from datetime import date, timedelta

from digmed_desktop.clinical import controlled_drugs, pgd
from digmed_desktop.clinical.confidence import NOT_CONFIRMED, Confidence
from digmed_desktop.clinical.controlled_drugs import ControlledName
from digmed_desktop.clinical.table_text import INTRO, origin, sentences, table
from digmed_desktop.data_files.source import OWN

_SOURCE = "Source and standing"


def controlled() -> str:
    """Return every name that is known as one of a controlled drug, by substance and schedule."""
    groups: dict[tuple[str, str, str, Confidence, str], list[str]] = {}
    for row in controlled_drugs.all_names():
        key = (
            row.substance if row.schedules else "",
            _schedules(row),
            _verdict(row),
            row.confidence,
            row.source,
        )
        groups.setdefault(key, []).append(row.name)
    rows = (
        (
            sentences(
                substance or "Look alike, no controlled drugs",
                ", ".join(name for name in names if name.casefold() != substance.casefold()),
            ),
            sentences(schedules, verdict),
            origin({"confidence": confidence}, source),
        )
        for (substance, schedules, verdict, confidence, source), names in groups.items()
    )
    lead = (
        "The program knows these names of controlled drugs. The list is not complete. The form says so when it does not "
        "know a name: read the schedule from the pack."
    )
    sold = (
        "Some products of these ranges are in Schedule 5, so P or GSL asks which product it is: "
        f"{', '.join(controlled_drugs.ranges())}. {NOT_CONFIRMED}"
    )
    slips = (
        "The form also asks about a name close to one of these or in Schedule 18. It may be misspelt, "
        "shortened, joined to other words, or have digits for letters."
    )
    return (
        f"# Controlled drugs\n\n{INTRO}\n{lead} {slips}\n\n{sold}\n\n"
        f"{table(('Substance and names', 'Schedule', _SOURCE), rows)}"
    )


def _schedules(row: ControlledName) -> str:
    if not row.schedules:
        return ""
    lower = f"Schedule 4 or 5 only as {', '.join(row.lower_as)}" if row.lower_as else ""
    never = f"never Schedule 4 or 5 as {', '.join(row.never_as)}" if row.never_as else ""
    up_to = f"never with more than {row.lower_up_to} mg in 1 ml" if row.lower_up_to else ""
    return "; ".join(part for part in (f"Schedule {' or '.join(row.schedules)}", lower, never, up_to) if part)


def _verdict(row: ControlledName) -> str:
    if not row.schedules:
        return "Says nothing"
    stops = row.is_never_supplied and row.confidence.may_stop
    return "Stops where another schedule is answered" if stops else "Asks for a reason"


def preparations() -> str:
    """Return by which words, forms and names a kind of preparation with a limit of its own is known."""
    file = OWN.raw("medicines/preparations.toml")
    rows = (
        (
            kind["label"],
            sentences(
                _listed("Names", [*kind.get("names", ()), *kind.get("further", ())]),
                _listed("Words", kind.get("words", ())),
                _listed("Not with", kind.get("other_words", ())),
                _listed("Forms of dm+d", kind["forms"]),
                _listed("Units", kind.get("units", ())),
                _listed("Never counted in", kind.get("other_units", ())),
                "Asks for a reason where another kind was answered, or where nothing speaks for this one",
                "Asks where the legal class is P or GSL" if kind.get("prescription_only") else "",
            ),
            sentences(file["forms_source"], file["names_source"] if kind.get("names") else "", NOT_CONFIRMED),
        )
        for kind in file["kind"]
    )
    return f"# Kinds of preparation\n\n{INTRO}\n{table(('Kind', 'Known by', _SOURCE), rows)}"


def _listed(lead: str, words: "list[str] | tuple[str, ...]") -> str:
    return f"{lead}: {', '.join(words)}" if words else ""


def allergies() -> str:
    """Return which allergies and medicines belong together, and how much of a unit is unlikely in a day."""
    file, amounts = OWN.raw("medicines/allergies.toml"), OWN.raw("medicines/amounts.toml")
    rows = (
        (
            sentences(f"Allergy to {group['said']}", _listed("Recorded as", group["allergy"])),
            ", ".join(group["medicines"]),
            origin({"confidence": "general"}, file["source"]),
        )
        for group in file["group"]
    )
    most = (
        (
            ", ".join(row["units"]),
            f"More than {row['most_a_day']} a day",
            origin(row, row["source"]),
        )
        for row in amounts["amount"]
    )
    lead = (
        "An allergy to the medicine, its ingredient or its group asks for a reason. So does a "
        "quantity that nobody takes in a day."
    )
    kinds = (
        (kind, ", ".join(amounts[key]), origin({"confidence": "general"}, "general professional knowledge"))
        for kind, key in (("Medicine", "medicine_words"), ("Appliance", "appliance_words"))
    )
    kind_lead = (
        "An item whose name is of the other kind asks for a reason. So does an appliance whose name has none of the words, "
        "unless the imported dm+d knows it."
    )
    return (
        f"# Allergies and amounts\n\n{INTRO}\n{lead}\n\n{table(('Allergy', 'Medicines', _SOURCE), rows)}\n"
        f"{table(('Unit', 'Asks for a reason', _SOURCE), most)}\n"
        f"## Medicine or appliance\n\n{kind_lead}\n\n{table(('Kind', 'Words in the name', _SOURCE), kinds)}"
    )


def stops() -> str:
    """Return what stops besides law, legal bases and screening."""
    rows = (
        (row["sentence"], "Stops an act still to be done", origin(row, row["source"]))
        for row in OWN.raw("rules/stops.toml")["stop"]
    )
    return f"# Other stops\n\n{INTRO}\n{table(('Sentence', 'Effect', _SOURCE), rows)}"


def pgds() -> str:
    """Return what the register of PGDs says of a vaccination, tried on one direction in each standing."""
    source = f"{pgd.REGISTER[0].upper()}{pgd.REGISTER[1:]}. A day is that of the vaccination. {NOT_CONFIRMED}"
    rows = (
        (
            case,
            sentences(*(one.sentence for one in said)) or "Nothing",
            sentences(_follows(said), source),
        )
        for case, said in _tried()
    )
    soon = f"Today says which directions lapse within {pgd.LAPSES_SOON.days} days."
    return f"# The register of PGDs\n\n{INTRO}\n{soon}\n\n{table(('Case', 'Sentence', _SOURCE), rows)}"


def _follows(said: tuple[pgd.Said, ...]) -> str:
    if not said:
        return "Stops nothing"
    return "Stops an act still to be done" if any(one.stops for one in said) else "Shown, and stops nothing"


def _tried() -> Iterator[tuple[str, tuple[pgd.Said, ...]]]:
    """Yield each case with what the rules of the register themselves say of it."""
    first, last, day = date(2026, 9, 1), date(2027, 3, 31), date(2026, 10, 14)
    signed = pgd.Authorised(1, "Example", first)
    cases = {
        "The register is off": (False, ()),
        "On, and no PGD for this vaccination": (True, None),
        "In force and signed": (True, (first, last, signed, None)),
        "In force, not signed": (True, (first, last, pgd.Authorised(1, "Example", None), None)),
        "Signed the day after": (
            True,
            (first, last, pgd.Authorised(1, "Example", day + timedelta(days=1)), None),
        ),
        "Not yet in force": (True, (day + timedelta(days=1), last, signed, None)),
        "Lapsed the day before": (True, (first, day - timedelta(days=1), signed, None)),
        "Withdrawn on that day": (True, (first, last, signed, day)),
    }
    for case, (on, direction) in cases.items():
        known: tuple[pgd.Direction, ...] = ()
        if direction:
            since, until, who, withdrawn = direction
            known = (pgd.Direction(1, "Example PGD", "1", since, until, "influenza", (who,), withdrawn),)
        yield case, tuple(pgd.judge(pgd.PgdRegister(on, known), "influenza", 1, day))
