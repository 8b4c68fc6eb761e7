"""The vaccination programmes of ``resources/programmes``, read into :class:`Programme`.

A programme's file names sites, routes, reasons, legal bases and consent givers by the ids of
``resources/codes/vaccination.toml`` and brings its own services, products, procedures and cohorts.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from digmed_desktop import resources
from digmed_desktop.clinical import form
from digmed_desktop.clinical.doubt_rules import DoubtRule
from digmed_desktop.clinical.earlier_doses import EarlierRule
from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.programme import Cohort, Procedure, Product, Programme
from digmed_desktop.clinical.record import Coded, Quantity
from digmed_desktop.reference import roles

_SHARED = "codes/vaccination.toml"
USUAL = "influenza"
"""The agreement that every pharmacy that uses the notification has."""


@cache
def programmes() -> tuple[Programme, ...]:
    """Return every programme: influenza first, then those that can be agreed, then those on paper; by name."""
    found = [_load(name) for name in resources.names("programmes", ".toml")]
    return tuple(sorted(found, key=lambda p: (p.agreement != USUAL, not p.agreement, p.name)))


def agreements() -> tuple[Option, ...]:
    """Return what can be agreed at onboarding, influenza first: the id of the agreement and its name."""
    named = {p.agreement: Option(p.agreement, p.agreement_name) for p in programmes()}
    return tuple(option for key, option in named.items() if key)


def programme(programme_id: str) -> Programme:
    """Return one programme; KeyError when there is none of that id."""
    for one in programmes():
        if one.id == programme_id:
            return one
    raise KeyError(programme_id)


def current(today: date) -> tuple[Programme, ...]:
    """Return the programmes to offer on a day: one season of each, in the order of :func:`programmes`.

    Of several seasons of the same vaccine it is the last that has begun, else the next to come, so that a
    vaccination can be recorded after the season's end; the form then says that the season is over.
    """
    chosen: dict[str, Programme] = {}
    for one in programmes():
        kind = one.vaccine.display if one.vaccine else one.id
        best = chosen.get(kind)
        if best is None or _rank(one, today) > _rank(best, today):
            chosen[kind] = one
    return tuple(one for one in programmes() if one in chosen.values())


def _rank(one: Programme, today: date) -> tuple[bool, int]:
    start = one.season_start or date.min
    begun = start <= today
    return begun, start.toordinal() if begun else -start.toordinal()


def _coded(item: Mapping[str, Any]) -> Coded:
    return Coded(item.get("display", item.get("label", "")), item.get("code", ""))


def _option(item: Mapping[str, Any]) -> Option:
    return Option(item["id"], item["label"], item.get("hint", ""))


def _dose(item: Mapping[str, Any], unit: Coded) -> Quantity | None:
    return Quantity(Decimal(item["dose"]), unit) if "dose" in item else None


def _ages(item: Mapping[str, Any], key: str) -> tuple[int, int] | None:
    if key not in item:
        return None
    first, last = item[key]
    return first, last


def _product(item: Mapping[str, Any], unit: Coded) -> Product:
    return Product(
        id=item["id"],
        coded=_coded(item),
        short_name=item["short_name"],
        manufacturer=item.get("manufacturer", ""),
        routes=tuple(item.get("routes", ())),
        dose=_dose(item, unit),
        min_age=item.get("min_age"),
        max_age=item.get("max_age"),
        live=item.get("live", False),
        second_line=_ages(item, "second_line"),
    )


def _procedures(item: Mapping[str, Any]) -> list[Procedure]:
    return [
        Procedure(
            coded=_coded(item),
            roles=tuple(item.get("roles", ())),
            dose_number=item.get("dose_number"),
            route=route,
            given=item.get("given", True),
            reason=item.get("reason"),
        )
        for route in item.get("routes", (None,))
    ]


def _earlier_rule(item: Mapping[str, Any]) -> EarlierRule:
    rule: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in item.items()}
    return EarlierRule(**rule)


def _doubt_rule(item: Mapping[str, Any]) -> DoubtRule:
    when = {question: tuple(answers) for question, answers in item.get("when", {}).items()}
    return DoubtRule(**{**item, "when": when})


def _load(name: str) -> Programme:
    raw = resources.toml(name)
    shared = resources.toml(_SHARED)

    def chosen(table: str, ids: list[str]) -> list[Mapping[str, Any]]:
        by_id = {item["id"]: item for item in shared[table]}
        return [by_id[one] for one in ids]

    sites = chosen("site", raw["sites"])
    routes = chosen("route", raw["routes"])
    reasons = chosen("not_given_reason", raw["not_given_reasons"])
    unit = _coded(chosen("unit", [raw["unit"]])[0])
    products = {item["id"]: _product(item, unit) for item in raw["product"]}
    eligibility = [*raw.get("eligibility", ()), *chosen("indication", raw.get("indications", []))]
    doses = chosen("dose", raw.get("doses", ["1", "2"]))
    questions = form.load("vaccination")
    return Programme(
        id=raw["id"],
        name=raw["name"],
        service=raw["service"][0]["label"],
        agreement=raw.get("agreement", ""),
        agreement_name=raw.get("agreement_name", raw["name"]),
        season_start=raw.get("season_start"),
        season_end=raw.get("season_end"),
        source=raw["source"],
        products=products,
        procedures=tuple(p for item in raw["procedure"] for p in _procedures(item)),
        lists={
            "services": tuple(map(_option, raw["service"])),
            "products": tuple(Option(p.id, p.short_name, p.coded.display) for p in products.values()),
            "sites": tuple(map(_option, sites)),
            "routes": tuple(map(_option, routes)),
            "eligibility": tuple(map(_option, eligibility)),
            "doses": tuple(map(_option, doses)),
            "not_given_reasons": tuple(map(_option, reasons)),
            "legal_bases": tuple(map(_option, chosen("legal_basis", raw["legal_bases"]))),
            "consent_givers": tuple(map(_option, chosen("consent_giver", raw["consent_givers"]))),
        },
        codes={item["id"]: _coded(item) for item in (*sites, *routes, *reasons, *eligibility)},
        screening={one: questions.field(f"screening.{one}").label for one in raw["screening"]},
        default_dose=Decimal(raw["default_dose"]) if "default_dose" in raw else None,
        vaccine=Coded(raw["vaccine"]),
        unit=unit,
        target_disease=_coded(raw["target_disease"]) if "target_disease" in raw else None,
        vaccinators=tuple(role.coded.code for role in roles.roles() if role.may_vaccinate),
        cohorts={
            item["id"]: Cohort(item.get("min_age"), item.get("max_age"), item.get("adult_start"))
            for item in eligibility
        },
        age_by=raw.get("age_by"),
        pregnancy_weeks=_ages(raw, "pregnancy_weeks"),
        route_sites={item["id"]: tuple(s for s in item["sites"] if s in raw["sites"]) for item in routes},
        advice=raw["advice"].strip(),
        earlier=tuple(map(_earlier_rule, raw.get("earlier_doses", ()))),
        doubts=tuple(map(_doubt_rule, raw.get("doubt", ()))),
        second_dose=raw.get("second_dose", ""),
        send_dose_number=raw.get("dose_sequence", False),
    )
