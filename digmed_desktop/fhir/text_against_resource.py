"""Find text of a message that says something else than its resources (FHIR-CC-03).

A receiving practice reads the text; its system files the resources. Only statements are compared that the text labels, as
the guides and their examples do: what cannot be read as a date, a number or a name is no contradiction.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from digmed_desktop.clinical.dates import ENGLAND, is_in_calendar
from digmed_desktop.fhir.base import attribute_at
from digmed_desktop.fhir.finding import Finding
from digmed_desktop.fhir.narrative_rows import (
    Row,
    dates_in,
    labelled,
    of_the_vaccination,
    plain,
    rows_of,
    spaced,
    times_in,
)
from digmed_desktop.fhir.people import NHS_NUMBER_SYSTEM
from digmed_desktop.fhir.rules import Place
from digmed_desktop.fhir.writing import Data

Says = Callable[[str], bool | None]
"""Whether a row's text says the value; None where it cannot be read as one."""

_NOT_GIVEN = re.compile(
    r"\bnot\s+(?:yet\s+)?(?:been\s+)?(?:given|administered|vaccinated|immunised|immunized|carried\s+out)\b"
    r"|\bno\s+vaccin\w+\s+(?:was\s+)?(?:given|administered)\b",
    re.IGNORECASE,
)
_UNITS = (
    frozenset({"ml", "millilitre", "millilitres", "milliliter", "milliliters", "mls"}),
    frozenset({"l", "litre", "litres", "liter", "liters"}),
    frozenset({"mg", "milligram", "milligrams"}),
    frozenset({"microgram", "micrograms", "mcg", "ug", "µg", "μg"}),
    frozenset({"g", "gram", "grams"}),
    frozenset({"drop", "drops"}),
)
_SEXES = {
    "male": {"male", "m", "man", "boy"},
    "female": {"female", "f", "woman", "girl"},
    "other": {"other", "indeterminate", "intersex"},
    "unknown": {"unknown", "not known", "not specified", "not stated", "unspecified"},
}


@dataclass(frozen=True, slots=True, repr=False)
class _Value:
    """One value of a resource, and how a row of the text is held against it."""

    fact: str
    path: str
    says: Says


def text_findings(inside: Sequence[Place]) -> Iterator[Finding]:
    """Yield each value of a resource for which the text has a row that says something else."""
    composition = inside[0].data
    rows = rows_of(composition)
    facts: dict[str, list[_Value]] = {}
    silent: set[str] = (
        set()
    )  # facts that a resource of the same type does not hold: a row may be about that one
    for kind in dict.fromkeys(place.type for place in inside):
        of_kind = [list(_values(place)) for place in inside if place.type == kind]
        for value in (value for values in of_kind for value in values):
            facts.setdefault(value.fact, []).append(value)
        held = [{value.fact for value in values} for values in of_kind]
        silent |= set[str]().union(*held) - held[0].intersection(*held)
    for fact, values in facts.items():
        yield from _compared(labelled(rows, fact), values, strays_count=fact not in silent)
    if composition.get("status") != "entered-in-error":
        vaccines = [place for place in inside if place.type == "Immunization"]
        all_given = all(place.data.get("notGiven") is False for place in vaccines)
        for place in vaccines:
            yield from _outcome(place, rows, all_given=all_given)


def _compared(texts: Sequence[str], values: Sequence[_Value], *, strays_count: bool) -> Iterator[Finding]:
    """Yield a value that no row says, where each value has a row; the first value where a row says no value.

    The latter only where ``strays_count``: where every resource of the kind holds such a value.
    """
    said = [[value.says(text) for text in texts] for value in values]
    wrong = [
        value
        for value, verdicts in zip(values, said, strict=True)
        if len(texts) >= len(values) and verdicts and True not in verdicts and False in verdicts
    ]
    strays = strays_count and any(
        all(verdicts[number] is not True for verdicts in said) and any(verdicts[number] is False for verdicts in said)
        for number in range(len(texts))
    )  # fmt: skip
    for value in wrong or (values[:1] if strays else ()):
        yield Finding(value.path, "The text does not agree with the resource here.", attribute_at(value.path))


def _outcome(place: Place, rows: list[Row], *, all_given: bool) -> Iterator[Finding]:
    path = f"{place.path}.notGiven"
    outcomes = labelled(rows, "outcome")
    if place.data.get("notGiven") is True:
        if not any(_NOT_GIVEN.search(text) for text in of_the_vaccination(rows)):
            yield Finding(path, "The text does not say that the vaccine was not given.", attribute_at(path))
    elif (
        all_given
        and place.data.get("notGiven") is False
        and any(_NOT_GIVEN.search(text) for text in outcomes)
    ):
        yield Finding(
            path,
            "The text says that the vaccine was not given, the resource that it was.",
            attribute_at(path),
        )


def _values(place: Place) -> Iterator[_Value]:
    read = {
        "Patient": _of_patient,
        "Encounter": _of_encounter,
        "Immunization": _of_immunization,
        "Medication": _of_medication,
        "MedicationDispense": _of_dispense,
    }.get(place.type)
    if read is not None:
        yield from read(place.data, place.path)


def _of_patient(data: Data, path: str) -> Iterator[_Value]:
    if born := data.get("birthDate"):
        yield _Value("birth_date", f"{path}.birthDate", _day(str(born)))
    if sex := data.get("gender"):
        yield _Value("sex", f"{path}.gender", _sex(str(sex)))
    for number, identifier in enumerate(data.get("identifier", [])):
        if identifier.get("system") == NHS_NUMBER_SYSTEM and identifier.get("value"):
            yield _Value(
                "nhs_number", f"{path}.identifier[{number}].value", _digits(str(identifier["value"]))
            )
    for number, name in enumerate(data.get("name", [])):
        if name.get("use", "official") == "official" and name.get("family"):
            yield _Value("name", f"{path}.name[{number}].family", _name(name))
    postcodes = [str(one["postalCode"]) for one in data.get("address", []) if one.get("postalCode")]
    if postcodes:
        yield _Value("postcode", f"{path}.address[0].postalCode", _postcode(postcodes))


def _of_encounter(data: Data, path: str) -> Iterator[_Value]:
    if begun := data.get("period", {}).get("start"):
        yield _Value("contact_at", f"{path}.period.start", _day(str(begun)))


def _of_immunization(data: Data, path: str) -> Iterator[_Value]:
    if names := _names(data.get("vaccineCode", {})):
        yield _Value("product", f"{path}.vaccineCode", _one_of(names))
    if batch := data.get("lotNumber"):
        yield _Value("batch", f"{path}.lotNumber", _token(str(batch)))
    if expiry := data.get("expirationDate"):
        yield _Value("expiry", f"{path}.expirationDate", _day(str(expiry)))
    if given := data.get("date"):
        yield _Value("given_at", f"{path}.date", _day(str(given)))
    if dose := data.get("doseQuantity"):
        yield _Value("dose", f"{path}.doseQuantity", _amount(dose))
    for number, protocol in enumerate(data.get("vaccinationProtocol", [])):
        if sequence := protocol.get("doseSequence"):
            where = f"{path}.vaccinationProtocol[{number}].doseSequence"
            yield _Value("dose_number", where, _number(str(sequence)))


def _of_medication(data: Data, path: str) -> Iterator[_Value]:
    if names := _names(data.get("code", {})):
        yield _Value("item", f"{path}.code", _one_of(names))


def _of_dispense(data: Data, path: str) -> Iterator[_Value]:
    if quantity := data.get("quantity"):
        yield _Value("quantity", f"{path}.quantity", _amount(quantity))
    if days := data.get("daysSupply", {}).get("value"):
        yield _Value("days", f"{path}.daysSupply", _number(str(days)))
    if handed := data.get("whenHandedOver"):
        yield _Value("supplied_at", f"{path}.whenHandedOver", _day(str(handed)))
    words = [str(one["text"]) for one in data.get("dosageInstruction", []) if one.get("text")]
    if words:
        yield _Value("directions", f"{path}.dosageInstruction[0].text", _one_of(words))


def _day(value: str) -> Says:
    """Hold a date or time against a row: the day always, the time of day where both tell one."""
    wanted = (
        tuple(map(int, value[:10].split("-")))
        if re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", value[:10])
        else ()
    )
    days, times = {wanted}, set[str]()
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is not None and "T" in value and is_in_calendar(moment):
        here = moment.astimezone(ENGLAND) if moment.tzinfo else moment
        days.add((here.year, here.month, here.day))
        times = {f"{moment:%H:%M}", f"{here:%H:%M}"}

    def says(text: str) -> bool | None:
        told = dates_in(text)
        if not told or not wanted:
            return None
        if not any(day[: len(one)] == one for day in told for one in days):
            return False
        clock = times_in(text)
        return not clock or not times or bool(clock & times)

    return says


def _digits(value: str) -> Says:
    wanted = re.sub(r"\D", "", value)

    def says(text: str) -> bool | None:
        told = [re.sub(r"\D", "", run) for run in re.findall(r"[0-9][0-9 \-]{6,}[0-9]", text)]
        return wanted in told if told else None

    return says


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.upper().casefold())  # as the text writes family names
    return " ".join(
        re.sub(
            r"[^\w ]", " ", "".join(c for c in letters if not unicodedata.combining(c) and c not in "'’")
        ).split()
    )


def _name(name: Data) -> Says:
    family = _folded(str(name["family"])).split()
    given = _folded(str((name.get("given") or [""])[0])).split()

    def says(text: str) -> bool | None:
        told = _folded(text).split()
        return all(part in told for part in (*family, *given)) if told else None

    return says


def _sex(value: str) -> Says:
    def says(text: str) -> bool | None:
        told = _folded(text)
        found = {code for code, words in _SEXES.items() for word in words if re.search(rf"\b{word}\b", told)}
        return value in found if found else None

    return says


_POSTCODE = re.compile(r"\b([A-Z]{1,2}[0-9][0-9A-Z]?) ?([0-9][A-Z]{2})\b", re.IGNORECASE)


def _postcode(values: Sequence[str]) -> Says:
    wanted = {plain(value) for value in values}

    def says(text: str) -> bool | None:
        told = {plain("".join(match)) for match in _POSTCODE.findall(text)}
        return bool(told & wanted) if told else None

    return says


def _token(value: str) -> Says:
    wanted = plain(value)

    def says(text: str) -> bool | None:
        told = plain(text)
        return (wanted in told) if told and wanted else None

    return says


def _names(concept: Data) -> list[str]:
    """Return the words for a product: its own text, and those of its codes but for what only says that there is none."""
    displays = [
        str(coding["display"])
        for coding in concept.get("coding", [])
        if coding.get("display") and "NullFlavor" not in str(coding.get("system", ""))
    ]
    return [*displays, *([str(concept["text"])] if concept.get("text") else [])]


def _one_of(values: Sequence[str]) -> Says:
    wanted = [_folded(value) for value in values]

    def says(text: str) -> bool | None:
        told = _folded(text)
        return any(one in told or told in one for one in wanted) if told else None

    return says


def _numbers(text: str) -> list[Decimal]:
    found = []
    for run in re.findall(r"(?<![\w.])[0-9]+(?:\.[0-9]+)?(?![0-9])", spaced(text)):
        try:
            found.append(Decimal(run))
        except InvalidOperation:
            continue
    return found


def _number(value: str) -> Says:
    wanted = _numbers(value)

    def says(text: str) -> bool | None:
        told = _numbers(text)
        return any(one in told for one in wanted) if told and wanted else None

    return says


def _amount(quantity: Any) -> Says:
    """Hold a quantity against a row: its number, and its unit where both are units of one measure."""
    number = _number(str(quantity.get("value", "")))
    own = _measures(f"{quantity.get('unit', '')} {quantity.get('code', '')}")

    def says(text: str) -> bool | None:
        told = number(text)
        measures = _measures(text)
        if told and own and measures and not own & measures:
            return False
        return told

    return says


def _measures(text: str) -> frozenset[int]:
    words = set(re.findall(r"[^\W\d]+", text.casefold()))
    return frozenset(number for number, names in enumerate(_UNITS) if words & names)
