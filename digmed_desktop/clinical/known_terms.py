"""The codes and words that the data files know: whether a term's code and its words can both be meant.

Codes of a pharmacy's own products are not among them: nothing is said of a code that no file has.
"""

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from functools import cache
from typing import Any

from digmed_desktop.clinical.identity import folded
from digmed_desktop.clinical.record import SNOMED_CT, Coded
from digmed_desktop.data_files.fault import DataFileError
from digmed_desktop.data_files.source import OWN

Row = Mapping[str, Any]
CODES = "codes/vaccination.toml"
PRODUCT, PROCEDURE, SITE, ROUTE, REASON, INDICATION = (
    "product",
    "procedure",
    "site",
    "route",
    "not_given_reason",
    "indication",
)
MEDICINE, UNIT, ROLE, DISEASE = "medicine", "unit", "role", "target_disease"
_OWN_NAME, _OTHERS_NAME = 0.6, 0.85
"""How alike, of 1, words must be to a known name to be that name misspelt: of the code's own, and of another's."""
_NEARLY_A_WORD = 0.75  # how alike, of 1, two words are that mean the same: muscle and muscular
_SHORT = 4  # letters of an abbreviation
_WORD = re.compile(r"[^\W_][^\W_]{2,}")
_TAGS = ("(product)", "(qualifier value)", "(procedure)", "(disorder)")


@dataclass(frozen=True, slots=True)
class ProcedureUse:
    """The meaning of one procedure code in one programme; an empty part says nothing. ``routes`` are codes."""

    programme: str
    given: bool
    roles: frozenset[str]
    dose_number: int | None
    routes: frozenset[str]
    reason: str  # code of the reason why it was not given


@dataclass(frozen=True, slots=True)
class KnownProgramme:
    """Dose and disease in a programme's file; ``usual_doses`` in its unit, the smallest first."""

    unit: Coded
    usual_doses: tuple[Decimal, ...]
    diseases: frozenset[str]  # codes: one disease can have several
    products: frozenset[str]  # codes


def names_two(kind: str, term: Coded | None) -> bool:
    """Whether the code of a term and its words name two different things."""
    if term is None or not term.code.strip() or (term.system != SNOMED_CT and kind != ROLE):
        return False
    code, words = term.code.strip(), _plain(term.display)
    if not words:
        return False
    names = _names().get(kind, {})
    if words in names.get(code, ()):
        return False
    if kind == UNIT and code in names:
        return True  # the files have every name of a unit
    owners = {other for other, theirs in names.items() if words in theirs}
    if owners:
        return code in names or not any(other.startswith("=") for other in owners)
    if kind == DISEASE and code in names:
        return _likeness(words, names[code]) < _OWN_NAME
    if kind == PRODUCT and code in names and _is_another_product(term.display, words, code):
        return True
    return code in names and _rather_another(words, code, names)


def has_foreign_words(kind: str, term: Coded | None) -> bool:
    """Whether the words of a term have no word in common with any name of its known code, and are no short form of one."""
    if term is None or not term.code.strip() or (term.system != SNOMED_CT and kind != ROLE):
        return False
    words, names = _plain(term.display), _names().get(kind, {}).get(term.code.strip(), frozenset())
    if not words or not names or words in names or names_two(kind, term):
        return False
    said, theirs = _tokens(term.display), _words_of(kind)[term.code.strip()]
    shared = any(_likeness(one, theirs) >= _NEARLY_A_WORD for one in said)
    return (
        not shared and _likeness(words, names) < _OWN_NAME and not any(_shortens(words, one) for one in names)
    )


@cache
def _words_of(kind: str) -> Mapping[str, frozenset[str]]:
    """Return by code the words of all its names."""
    found: dict[str, frozenset[str]] = {}
    for of, row in _terms():
        if of == kind and row.get("code"):
            said = [row.get(key, "") for key in ("display", "label", "short_name")]
            words = frozenset().union(*(_tokens(str(one)) for one in (*said, *row.get("words", ()))))
            found[str(row["code"])] = found.get(str(row["code"]), frozenset()) | words
    return found


def _shortens(words: str, name: str) -> bool:
    """Whether a few letters stand in a name in their order, as IM in intramuscular."""
    letters = [sign for sign in words if sign.isalnum()]
    rest = iter(name)
    return len(letters) <= _SHORT and all(sign in rest for sign in letters)


def has_an_unknown_code(product: Coded) -> bool:
    """Whether a product has the name or the brand of one in the files, and a code that none there has."""
    names, words, said = _names().get(PRODUCT, {}), _plain(product.display), _tokens(product.display)
    if not product.code or product.code in names:
        return False
    return any(words in theirs for theirs in names.values()) or any(said & one for one in _brands().values())


def _is_another_product(display: str, words: str, code: str) -> bool:
    """Whether words begin another product's name, or have its brand, and not those of ``code``."""
    names, brands, said = _names()[PRODUCT], _brands(), _tokens(display)
    starts = {key for key, theirs in names.items() if any(one.startswith(words) for one in theirs)}
    if starts and said - _general_words():
        return code not in starts
    named = {key for key, theirs in brands.items() if said & theirs}
    return bool(named) and code not in named


@cache
def _brands() -> dict[str, frozenset[str]]:
    """Return by product the words that lead a name wherever they stand, and name no vaccination."""
    leads: dict[str, set[str]] = {}
    inside: dict[str, set[str]] = {}
    for kind, row in _terms():
        said = [str(row[key]) for key in ("display", "short_name") if row.get(key)]
        if kind != PRODUCT or not said:
            continue
        words = {_plain(one) for one in said}
        key = next(key for key, theirs in _names()[PRODUCT].items() if words <= theirs)
        leads.setdefault(key, set()).update(one for text in said for one in _WORD.findall(text.lower())[:1])
        inside.setdefault(key, set()).update(*(_tokens(text) for text in said))
    general = set(_general_words())
    for key, theirs in inside.items():
        general |= theirs - leads[key]
    brands = {one for theirs in leads.values() for one in theirs} - general
    return {key: frozenset(theirs & brands) for key, theirs in inside.items()}


@cache
def _general_words() -> frozenset[str]:
    """Return the words that name a vaccination or its disease."""
    return frozenset({"vaccine"}.union(*(_naming(file) for file in programme_files().values())))


def is_about(programme: str, words: str) -> bool:
    """Whether words of a procedure name a programme's vaccination or disease, and none better."""
    said = _tokens(words) - _words_of_procedures()
    named = {name: len(said & _naming(file)) for name, file in programme_files().items()}
    return 0 < named[programme] == max(named.values())


@cache
def _words_of_procedures() -> frozenset[str]:
    """Return the words that procedures of a programme have although they do not name it, such as ``dose``."""
    files = programme_files().values()
    return frozenset().union(
        *(_tokens(row["display"]) - _naming(file) for file in files for row in file.get(PROCEDURE, []))
    )


def _naming(file: Row) -> frozenset[str]:
    said = [file["id"], file["name"], file.get("vaccine", "")]
    said += [text for one in _diseases(file) for text in (one["display"], *one.get("words", ()))]
    return frozenset().union(*(_tokens(str(text)) for text in said)) - {"vaccine"}


def _tokens(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def _rather_another(words: str, code: str, names: Mapping[str, frozenset[str]]) -> bool:
    """Whether words that no file has are nearly the name of something else than of ``code``."""
    others = (one for other, theirs in names.items() if other != code for one in theirs)
    return _likeness(words, names[code]) < _OWN_NAME and _likeness(words, others) >= _OTHERS_NAME


def _likeness(words: str, names: Any) -> float:
    return max((SequenceMatcher(None, words, one, autojunk=False).ratio() for one in names), default=0.0)


def _plain(words: str) -> str:
    for tag in _TAGS:
        words = words.removesuffix(tag)
    return folded(words)


def is_known(kind: str, code: str) -> bool:
    """Whether a data file has a code."""
    return code in _names().get(kind, {})


@cache
def unconfirmed_codes() -> frozenset[str]:
    """Return the dm+d codes that no source proves current: only an imported release can prove them."""
    rows = (row for file in programme_files().values() for row in file.get(PRODUCT, []))
    return frozenset(
        str(row["code"]) for row in rows if row.get("code") and not row.get("code_confirmed", True)
    )


@cache
def _names() -> dict[str, dict[str, frozenset[str]]]:
    """Return by kind and code every name; what has no code stands under a key that begins with ``=``."""
    found: dict[str, dict[str, set[str]]] = {}
    for kind, row in _terms():
        said = [row.get(key, "") for key in ("display", "label", "short_name")]
        words = {_plain(str(one)) for one in (*said, *row.get("words", ())) if one}
        key = str(row.get("code") or f"={row.get('id', '')}{sorted(words)}")
        found.setdefault(kind, {}).setdefault(key, set()).update(words)
    return {
        kind: {key: frozenset(words) for key, words in by_code.items()} for kind, by_code in found.items()
    }


def _terms() -> Iterator[tuple[str, Row]]:
    for name, kinds in (
        (CODES, (SITE, ROUTE, REASON, INDICATION, UNIT)),
        ("codes/units.toml", (UNIT,)),
        ("codes/roles.toml", (ROLE,)),
        ("medicines/bundled.toml", (MEDICINE,)),
    ):
        for kind in kinds:
            for row in _file(name).get(kind, []):
                yield kind, row
    for file in programme_files().values():
        for kind in (PRODUCT, PROCEDURE):
            for row in file.get(kind, []):
                yield kind, row
        for disease in _diseases(file):
            words = [disease["display"], *disease.get("words", ()), file["name"]]
            yield DISEASE, {"code": disease["code"], "words": words}
        for row in file.get("eligibility", []):
            yield INDICATION, row


def uses_of(procedure: Coded | None) -> tuple[ProcedureUse, ...]:
    """Return what a procedure says, by its code, or by its words where it has none."""
    if procedure is None:
        return ()
    words, names = _plain(procedure.display), _names().get(PROCEDURE, {})
    codes = (
        [procedure.code] if procedure.code else [code for code, theirs in names.items() if words in theirs]
    )
    return tuple(use for code in codes for use in procedure_uses().get(code, ()))


@cache
def procedure_uses() -> Mapping[str, tuple[ProcedureUse, ...]]:
    """Return what each procedure code says, in every programme that has it."""
    routes = {row["id"]: str(row["code"]) for row in _file(CODES).get(ROUTE, [])}
    reasons = {row["id"]: str(row.get("code", "")) for row in _file(CODES).get(REASON, [])}
    found: dict[str, list[ProcedureUse]] = {}
    for name, file in programme_files().items():
        for row in file.get(PROCEDURE, []):
            use = ProcedureUse(
                name,
                row.get("given", True),
                frozenset(row.get("roles", ())),
                row.get("dose_number"),
                frozenset(routes.get(route, "") for route in row.get("routes", ())),
                reasons.get(row.get("reason", ""), ""),
            )
            found.setdefault(str(row["code"]), []).append(use)
    return {code: tuple(uses) for code, uses in found.items()}


@cache
def known_programmes() -> Mapping[str, KnownProgramme]:
    """Return what the programmes' files say of dose, disease and products, by id."""
    units = {
        row["id"]: Coded(row.get("display", row["label"]), row.get("code", ""))
        for row in _file(CODES).get("unit", [])
    }
    words = {row["id"]: row["label"] for row in _file(CODES).get("unit", [])}
    return {
        name: KnownProgramme(
            Coded(words.get(file["unit"], ""), units[file["unit"]].code if file["unit"] in units else ""),
            tuple(sorted(_doses(file))),
            frozenset(row["code"] for row in _diseases(file)),
            frozenset(row["code"] for row in file.get(PRODUCT, []) if row.get("code")),
        )
        for name, file in programme_files().items()
    }


def _diseases(file: Row) -> list[Row]:
    """Return the disease of a programme under each of its codes, with the one that is sent first."""
    return [file[DISEASE], *file.get("target_disease_also", ())] if DISEASE in file else []


def _doses(file: Row) -> set[Decimal]:
    given = [row["dose"] for row in file.get(PRODUCT, []) if row.get("dose")]
    return {Decimal(one) for one in (*given, *file.get("usual_doses", ()), file.get("default_dose")) if one}


@cache
def code_of_reason(id_: str) -> str:
    """Return the code of a reason why a vaccine was not given; ``""`` where the file has none of that id."""
    rows: list[Row] = _file(CODES).get(REASON, [])
    return next((str(row.get("code", "")) for row in rows if row["id"] == id_), "")


@cache
def sites_of_route() -> Mapping[str, frozenset[str]]:
    """Return by code of a route the codes of the sites at which it is used."""
    sites = {row["id"]: str(row["code"]) for row in _file(CODES).get(SITE, [])}
    return {
        str(row["code"]): frozenset(sites[one] for one in row["sites"]) for row in _file(CODES).get(ROUTE, [])
    }


@cache
def programme_files() -> Mapping[str, Row]:
    """Return every programme's file as it stands, by id; one with a fault is left out."""
    files = (_file(name) for name in OWN.names("programmes"))
    return {file["id"]: file for file in files if "id" in file and "unit" in file}


def _file(name: str) -> Row:
    with contextlib.suppress(DataFileError):
        return OWN.raw(name)
    return {}
