"""Consent and competence in the message: every part exactly as it was stated, and nothing that nobody stated."""

from dataclasses import replace
from datetime import date

from digmed_desktop.clinical.record import CONSENTS_ALONE, Consent, VaccinationRecord
from digmed_desktop.data_files.source import OWN
from digmed_desktop.fhir.editions import all_editions
from digmed_desktop.fhir.sections import sections
from digmed_desktop.messaging.sending import Kind
from tests.fhir.records import vaccination

EDITIONS = [one for one in all_editions() if one.kind is Kind.VACCINATION]


def assessed(consent: Consent, *, weighs: bool = True) -> Consent:
    return replace(consent, understands=True, retains=True, weighs=weighs, communicates=True)


def record(consent: Consent, born: date) -> VaccinationRecord:
    whole = vaccination()
    return replace(whole, consent=consent, patient=replace(whole.patient, date_of_birth=born))


def said(consent: Consent, born: date) -> dict[str, tuple[str, ...]]:
    """The rows on consent, by the question behind them."""
    (section,) = [one for one in sections(record(consent, born), EDITIONS[0]) if one.key == "consent"]
    return {row.field: row.values for row in section.rows if not row.missing}


def test_a_competent_child_is_told_with_each_answer_and_who_assessed_it() -> None:
    consent = assessed(Consent("Patient", to_treatment=True, to_sharing=True, assessed_by="Amira Khan"))
    (row,) = said(consent, date(2012, 3, 1))["consent.about_child"]
    assert row == (
        "Ability to decide, assessed by Amira Khan: Understands the information: Yes; Remembers it long enough "
        "to decide: Yes; Weighs it to decide: Yes; Says or shows the decision: Yes"
    )


def test_a_no_is_told_as_a_no_and_what_was_not_answered_is_not_told() -> None:
    consent = Consent("Patient", to_treatment=True, to_sharing=True, understands=True, weighs=False)
    (row,) = said(consent, date(2012, 3, 1))["consent.about_child"]
    assert row == "Ability to decide: Understands the information: Yes; Weighs it to decide: No"


def test_parental_responsibility_is_told_beside_the_note() -> None:
    consent = Consent(
        "Parent or guardian", "Ada Bell", to_treatment=True, to_sharing=True,
        about_child="Father by telephone", parental_responsibility=True,
    )  # fmt: skip
    rows = said(consent, date(2012, 3, 1))
    assert rows["consent.about_child"] == (
        "Who decided has parental responsibility: Yes",
        "Father by telephone",
    )
    assert rows["consent.to_treatment"][1] == "Given by: Parent or guardian, Ada Bell"


def test_best_interests_and_a_power_of_attorney_are_told_with_capacity_and_who_was_consulted() -> None:
    consent = assessed(
        Consent(
            "Clinician, in best interests", "Dr Ada Bell", to_treatment=True, to_sharing=True,
            assessed_by="Dr Ada Bell", consulted="Joan Smith, daughter",
        ),
        weighs=False,
    )  # fmt: skip
    rows = said(consent, date(1950, 3, 15))
    assert "consent.about_child" not in rows
    assert rows["consent.to_treatment"][2].endswith(
        "Weighs it to decide: No; Says or shows the decision: Yes"
    )
    assert rows["consent.to_treatment"][3] == "Consulted on the best interests: Joan Smith, daughter"
    power = replace(consent, given_by="Person with power of attorney", consulted="", authority=True)
    lines = said(power, date(1950, 3, 15))["consent.to_treatment"]
    assert lines[2].endswith("covers health and welfare, and was seen: Yes")


def test_who_consents_as_before_is_told_as_before() -> None:
    rows = said(Consent("Patient", to_treatment=True, to_sharing=True), date(1950, 3, 15))
    assert set(rows) == {"consent.to_treatment", "consent.to_sharing"}
    assert rows["consent.to_treatment"] == ("Consent was given to the vaccination", "Given by: Patient")


def test_the_age_at_which_a_patient_consents_alone_is_that_of_the_form() -> None:
    rules = OWN.raw("applicability/vaccination.toml")["rule"]
    (child,) = [rule for rule in rules if rule["questions"] == ["consent.about_child"]]
    assert child["to_age"] == CONSENTS_ALONE - 1
