"""The rules of the vaccine given or not given: each at its limit, below and above it."""

from dataclasses import replace
from datetime import date

import pytest

from digmed_desktop.clinical.vaccination import read
from tests.clinical.examples import (
    AGREED,
    FORM,
    NOW,
    by,
    complete_answers,
    flu,
    pharmacy,
    reading,
    stops,
    vaccinator,
)

# the vaccine


@pytest.mark.parametrize("batch", ["AB", "B" * 20, "914-151"])
def test_a_batch_within_the_rule_is_kept_as_typed(batch: str) -> None:
    result = reading(vaccine__batch=batch)
    assert result.sendable
    assert result.record.immunizations[0].batch == batch


@pytest.mark.parametrize("batch", ["A", "B" * 21, "AB 12", "A&B"])
def test_a_batch_outside_the_rule_stops(batch: str) -> None:
    assert stops(reading(vaccine__batch=batch), "vaccine.batch")


@pytest.mark.parametrize(
    ("typed", "stopped", "expiry"),
    [
        ("13/10/2026", True, date(2026, 10, 13)),
        ("14/10/2026", False, date(2026, 10, 14)),
        ("15/10/2026", False, date(2026, 10, 15)),
        ("00/10/2026", False, date(2026, 10, 31)),
        ("0/2/2028", False, date(2028, 2, 29)),
        ("00/9/2026", True, date(2026, 9, 30)),
        ("00/13/2026", True, None),
        ("/10/2026", True, None),
        ("30/6/27", False, date(2027, 6, 30)),
    ],
)
def test_a_batch_that_had_expired_on_the_day_stops(typed: str, stopped: bool, expiry: date | None) -> None:
    result = reading(vaccine__expiry=typed)
    assert bool(stops(result, "vaccine.expiry")) is stopped
    assert result.record.immunizations[0].expiry == expiry


@pytest.mark.parametrize("typed", ["0.5", "0.50", "1", "0.0001", "9999.9999"])
def test_a_dose_keeps_the_digits_typed(typed: str) -> None:
    dose = reading(vaccine__dose_amount=typed).record.immunizations[0].dose
    assert dose is not None
    assert str(dose.value) == typed


@pytest.mark.parametrize(
    "typed", ["0", "0.00", "-1", ".5", "0,5", "1e3", "half", "0.5 mL", "٠.٥", "10000", "0.00001", "NaN"]
)
def test_what_is_no_amount_stops(typed: str) -> None:
    result = reading(vaccine__dose_amount=typed)
    assert stops(result, "vaccine.dose_amount")
    assert result.record.immunizations[0].dose is None


@pytest.mark.parametrize(
    ("route", "site", "fits"),
    [
        ("intramuscular", "left-arm", True),
        ("subcutaneous", "right-thigh", True),
        ("intranasal", "nose", True),
        ("intramuscular", "nose", False),
        ("intranasal", "left-arm", False),
    ],
)
def test_site_and_route_fit_together(route: str, site: str, fits: bool) -> None:
    assert (not stops(reading(vaccine__route=route, vaccine__site=site), "vaccine.site")) is fits


@pytest.mark.parametrize(
    ("role", "dose", "route", "code"),
    [
        ("pharmacist", "1", "intramuscular", "955691000000108"),
        ("pharmacist", "1", "subcutaneous", "955691000000108"),
        ("pharmacist", "2", "intramuscular", "1037371000000101"),
        ("pharmacist", "1", "intranasal", "1037311000000106"),
        ("pharmacist", "2", "intranasal", "1037331000000103"),
        ("clinical-pharmacist", "1", "intramuscular", "955691000000108"),
        ("technician", "1", "intramuscular", "955651000000100"),
        ("technician", "2", "intramuscular", "955671000000109"),
        ("technician", "2", "subcutaneous", "955651000000100"),
        ("technician", "1", "intranasal", "955661000000102"),
        ("nurse", "2", "intranasal", "955681000000106"),
    ],
)
def test_the_procedure_follows_role_dose_and_route(role: str, dose: str, route: str, code: str) -> None:
    result = by(vaccinator(role), vaccine__dose_number=dose, vaccine__route=route)
    procedure = result.record.immunizations[0].procedure
    assert procedure is not None
    assert procedure.code == code


def test_no_procedure_is_taken_by_default_when_none_is_known() -> None:
    programme = replace(flu(), procedures=tuple(p for p in flu().procedures if "R1290" not in p.roles))
    result = read(
        complete_answers(),
        programme=programme,
        pharmacy=pharmacy(),
        vaccinator=vaccinator(),
        now=NOW,
        agreed=AGREED,
    )
    assert result.record.immunizations[0].procedure is None
    assert "procedure" in stops(result, "session.vaccinator")[0]


# not given


def test_not_given_needs_a_reason() -> None:
    assert stops(reading(vaccine__outcome="not-given"), "vaccine.not_given_reason")


@pytest.mark.parametrize(
    ("reason", "code", "procedure"),
    [
        ("declined", "591000119102", "822931000000100"),
        ("no-consent", "310376006", "868491000000103"),
        ("contraindicated", "266758009", "822951000000107"),
    ],
)
def test_a_reason_with_a_code_of_its_own_can_be_sent(reason: str, code: str, procedure: str) -> None:
    result = reading(vaccine__outcome="not-given", vaccine__not_given_reason=reason)
    vaccine = result.record.immunizations[0]
    assert result.sendable
    assert vaccine.given is False
    assert vaccine.not_given_reason is not None
    assert vaccine.not_given_reason.code == code
    assert vaccine.procedure is not None
    assert vaccine.procedure.code == procedure


@pytest.mark.parametrize("reason", ["unwell", "did-not-attend", "already-had"])
def test_a_reason_without_a_true_procedure_code_goes_on_paper(reason: str) -> None:
    result = reading(vaccine__outcome="not-given", vaccine__not_given_reason=reason)
    assert result.only_on_paper
    assert result.record.immunizations[0].procedure is None


def test_another_reason_is_kept_in_its_words() -> None:
    result = reading(
        vaccine__outcome="not-given",
        vaccine__not_given_reason="other",
        vaccine__not_given_other="Fridge failed",
    )
    reason = result.record.immunizations[0].not_given_reason
    assert reason is not None
    assert (reason.display, reason.code) == ("Fridge failed", "")


def test_not_given_ignores_what_was_typed_about_the_dose() -> None:
    result = reading(vaccine__outcome="not-given", vaccine__not_given_reason="declined", vaccine__batch="A&")
    vaccine = result.record.immunizations[0]
    assert result.sendable
    assert (vaccine.batch, vaccine.expiry, vaccine.dose, vaccine.site, vaccine.dose_number) == (
        "",
        None,
        None,
        None,
        None,
    )
    assert vaccine.product is not None
    assert (vaccine.product.display, vaccine.product.code) == ("Seasonal influenza vaccine", "")


def test_not_given_asks_neither_for_screening_nor_for_consent_to_the_vaccine() -> None:
    blank = {f.id: "" for f in FORM.fields() if f.id.startswith(("screening.", "previous."))}
    result = reading(
        **blank,
        consent__to_treatment="",
        consent__given_by="",
        allergies__status="",
        vaccine__outcome="not-given",
        vaccine__not_given_reason="declined",
    )
    assert result.sendable


def test_somebody_who_did_not_attend_cannot_have_been_identified() -> None:
    result = reading(
        vaccine__outcome="not-given", vaccine__not_given_reason="did-not-attend", patient__identity_checked=""
    )
    assert result.only_on_paper
