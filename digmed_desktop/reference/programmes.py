"""The vaccination programmes of ``resources/programmes``, read into :class:`Programme`.

A programme's file names sites, routes, reasons, legal bases and consent givers by the ids of
``resources/codes/vaccination.toml`` and brings its own services, products, procedures and cohorts.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from digmed_desktop.clinical import form
from digmed_desktop.clinical.earlier_doses import EarlierRule
from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.programme import SCREENING, Cohort, Procedure, Product, Programme
from digmed_desktop.clinical.record import Coded, Quantity
from digmed_desktop.clinical.warning_rules import WarningRule
from digmed_desktop.data_files.fault import DataFileError
from digmed_desktop.data_files.source import OWN, DataSource
from digmed_desktop.reference import roles

if TYPE_CHECKING:
    from digmed_desktop.clinical.data_types import CodedTerm, ListedOption
    from digmed_desktop.reference.programme_rows import (
        EarlierRow,
        ProcedureRow,
        ProductRow,
        ServiceRow,
    )

RowT = TypeVar("RowT", bound="ListedOption")
USUAL = "influenza"
"""The agreement that every pharmacy that uses the notification has."""


@cache
def programmes() -> tuple[Programme, ...]:
    """Return every programme without a fault: influenza first, then those that can be agreed, then those on paper.

    A file with a fault is left out; ``desk.data_check`` says so. Where what they all draw on has one, there are none.
    """
    found = _without_fault(OWN)
    return tuple(sorted(found, key=lambda p: (p.agreement != USUAL, not p.agreement, p.name)))


@cache
def short_names() -> Mapping[str, str]:
    """Return the short name of each vaccine by its whole one; none where two products share the whole one."""
    named: dict[str, set[str]] = {}
    for one in programmes():
        for product in one.products.values():
            named.setdefault(product.coded.display, set()).add(product.short_name)
    return MappingProxyType({whole: min(short) for whole, short in named.items() if len(short) == 1})


def agreements() -> tuple[Option, ...]:
    """Return what can be agreed at onboarding, influenza first: the id of the agreement and its name."""
    named = {p.agreement: Option(p.agreement, p.agreement_name) for p in programmes()}
    return tuple(option for key, option in named.items() if key)


def by_agreement() -> dict[str, Programme]:
    """Return programmes by what stays the same from season to season."""
    return {one.agreement or one.id: one for one in programmes()}


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


def _without_fault(source: DataSource) -> Iterator[Programme]:
    from digmed_desktop.reference import programme_file

    kind = programme_file.KIND
    for name in kind.names(source):
        if not kind.faults(name, source):
            with contextlib.suppress(DataFileError):
                yield of_file(source, name)


def of_file(source: DataSource, name: str) -> Programme:
    """Return the programme of a file without a fault. Raises DataFileError where it draws on one with a fault."""
    return _Loading(source, name).programme()


class _Loading:
    """Makes a programme of its file and of what all programmes draw on."""

    def __init__(self, source: DataSource, name: str) -> None:
        from digmed_desktop.clinical.form_file import FormFile
        from digmed_desktop.reference.codes_file import CodesFile
        from digmed_desktop.reference.legal_basis_file import rules as basis_rules
        from digmed_desktop.reference.programme_file import CODES, FORM
        from digmed_desktop.reference.programme_rows import ProgrammeFile

        source.read(FORM, FormFile)  # without a fault: its questions are what a programme asks
        self._source, self._file = source, source.read(name, ProgrammeFile)
        self._codes = source.read(CODES, CodesFile)
        self._bases = tuple(rule for rule in basis_rules(source) if rule.holds_in(self._file.agreement or ""))
        self._unit = _coded(_chosen(self._codes.unit, [self._file.unit])[0])

    def programme(self) -> Programme:
        """Return the programme."""
        file, codes = self._file, self._codes
        routes = _chosen(codes.route, file.routes)
        sites, reasons = (
            _chosen(codes.site, file.sites),
            _chosen(codes.not_given_reason, file.not_given_reasons),
        )
        eligibility = [*file.eligibility, *_chosen(codes.indication, file.indications or [])]
        products = {row.id: self._product(row) for row in file.product}
        from digmed_desktop.clinical.shared_rules_file import as_rule

        warnings = (*map(as_rule, file.warning), *self._shared_rules())
        needed = {question for rule in warnings if rule.topic == "screening" for question in rule.when}
        needed |= {f"{SCREENING}{one}" for one in file.screening}
        screens = [
            one
            for one in form.load("vaccination").fields()
            if one.id in needed and one.id.startswith(SCREENING)
        ]
        return Programme(
            id=file.id,
            name=file.name,
            service=file.service[0].label,
            agreement=file.agreement or "",
            agreement_name=file.agreement_name or file.name,
            season_start=file.season_start,
            season_end=file.season_end,
            source=file.source,
            products=products,
            procedures=tuple(made for row in file.procedure for made in _procedures(row)),
            lists={
                "services": tuple(map(_option, file.service)),
                "products": tuple(Option(p.id, p.short_name, p.coded.display) for p in products.values()),
                "sites": tuple(map(_option, sites)),
                "routes": tuple(map(_option, routes)),
                "eligibility": tuple(map(_option, eligibility)),
                "risk_groups": tuple(map(_option, codes.risk_group)),
                "doses": self._doses(),
                "not_given_reasons": tuple(map(_option, reasons)),
                "legal_bases": tuple(map(_option, _chosen(codes.legal_basis, file.legal_bases))),
                "consent_givers": tuple(map(_option, _chosen(codes.consent_giver, file.consent_givers))),
            },
            codes={row.id: _coded(row) for row in (*sites, *routes, *reasons, *eligibility)},
            screening={one.id.removeprefix(SCREENING): one.label for one in screens},
            asked_always=frozenset(file.screening),
            default_dose=Decimal(file.default_dose) if file.default_dose else None,
            usual_doses=tuple(Decimal(one) for one in file.usual_doses),
            live_routes=frozenset(file.live_routes or ()),
            vaccine=Coded(file.vaccine),
            unit=self._unit,
            target_disease=_disease(file.target_disease),
            diseases_also=tuple(Coded(row.display, row.code) for row in file.target_disease_also),
            vaccinators=tuple(role.coded.code for role in roles.roles() if role.may_vaccinate),
            cohorts={row.id: _cohort(row) for row in eligibility},
            age_by=file.age_by,
            pregnancy_weeks=_pair(file.pregnancy_weeks),
            pregnancy_later=file.pregnancy_later,
            route_sites={row.id: tuple(s for s in row.sites if s in file.sites) for row in routes},
            advice=file.advice.strip(),
            earlier=tuple(map(_earlier_rule, file.earlier_doses)),
            warnings=warnings,
            bases=self._bases,
            second_dose=file.second_dose,
            single_dose=file.single_dose is not None,
            send_dose_number=file.dose_sequence,
        )

    def _doses(self) -> tuple[Option, ...]:
        """Return the doses that can be chosen, the usual one of a programme that is no course by its own words."""
        first, *others = map(_option, _chosen(self._codes.dose, self._file.doses))
        single = self._file.single_dose
        return (replace(first, label=single.words) if single else first, *others)

    def _shared_rules(self) -> Iterator[WarningRule]:
        """Yield the shared rules that are about this programme: a pharmacy's own product can be live, or hold anything."""
        from digmed_desktop.clinical.shared_rules_file import NAME, SharedRulesFile, as_rule, of_both_forms

        file = self._file
        kind = file.agreement or file.id
        for row in self._source.read(NAME, SharedRulesFile).rule:
            if not row.programmes or kind in row.programmes:
                yield as_rule(row)
        yield from of_both_forms(self._source)

    def _product(self, row: "ProductRow") -> Product:
        unit = _coded(_chosen(self._codes.unit, [row.unit])[0]) if row.unit else self._unit
        return Product(
            id=row.id,
            coded=Coded(row.display, row.code if row.code and row.code_confirmed else ""),
            unconfirmed_code="" if row.code_confirmed else row.code or "",
            more_watched=row.black_triangle_source is not None,
            short_name=row.short_name,
            manufacturer=row.manufacturer,
            routes=tuple(row.routes),
            unit=unit,
            dose=Quantity(Decimal(row.dose), unit) if row.dose else None,
            dose_source=(row.source if row.dose else self._file.usual_doses_source) or self._file.source,
            least_months=row.min_months if row.min_age is None else row.min_age * 12,
            least_weeks=row.min_weeks,
            greatest_age=row.max_age,
            age_in_season=row.age_in_season,
            age_confirmed=row.age_confidence is None or row.age_confidence.may_stop,
            live=row.live,
            holds=frozenset(row.holds),
            second_line=_pair(row.second_line),
        )


def _chosen(table: "Sequence[RowT]", ids: Sequence[str]) -> "list[RowT]":
    by_id = {row.id: row for row in table}
    return [by_id[one] for one in ids]


def _coded(row: "ListedOption") -> Coded:
    return Coded(row.display or row.label, row.code or "")


def _option(row: "ListedOption | ServiceRow") -> Option:
    return Option(row.id, row.label, row.hint)


def _disease(row: "CodedTerm | None") -> Coded | None:
    return Coded(row.display, row.code) if row else None


def _cohort(row: "ListedOption") -> Cohort:
    from digmed_desktop.reference.programme_rows import EligibilityRow

    if not isinstance(row, EligibilityRow):
        return Cohort()
    return Cohort(row.min_age, row.max_age, row.adult_start, row.born_from, row.born_to)


def _pair(values: Sequence[int] | None) -> tuple[int, int] | None:
    return (values[0], values[1]) if values else None


def _procedures(row: "ProcedureRow") -> list[Procedure]:
    return [
        Procedure(
            coded=Coded(row.display, row.code),
            roles=tuple(row.roles or ()),
            dose_number=row.dose_number,
            route=route,
            given=row.given,
            reason=row.reason,
        )
        for route in row.routes or (None,)
    ]


def _earlier_rule(row: "EarlierRow") -> EarlierRule:
    lists = {key: tuple(getattr(row, key) or ()) for key in ("of", "reasons", "not_reasons")}
    answers = {
        key: {question: tuple(wanted) for question, wanted in getattr(row, key).items()}
        for key in ("when", "unless")
    }
    return EarlierRule(**{**dict(row), **lists, **answers})
