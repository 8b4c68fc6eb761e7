"""The rules of the vaccination form that prevent sending: each at its limit, below and above it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digmed_desktop.clinical import form
from digmed_desktop.clinical.dates import at_counter
from digmed_desktop.clinical.record import (
    AllergyStatus,
    Organisation,
    PersonName,
    PhoneUse,
    Professional,
    Sex,
    Telephone,
    Traced,
)
from digmed_desktop.clinical.vaccination import Reading, answers_of_product, read, starting_answers
from tests.clinical.examples import NOW, complete_answers, flu, pharmacy, reading, vaccinator

FORM = form.load("vaccination")
FIELDS = {field.id: field for field in FORM.fields()}


def stops(result: Reading, field: str) -> list[str]:
    return [p.sentence for p in result.problems if p.field == field]


def looks(result: Reading, field: str) -> list[str]:
    return [p.sentence for p in result.notes if p.field == field]


def by(person: Professional | None, **changes: str) -> Reading:
    return read(complete_answers(**changes), programme=flu(), pharmacy=pharmacy(), vaccinator=person, now=NOW)


def test_complete_answers_are_sendable_and_leave_no_doubt() -> None:
    result = reading()
    assert result.problems == ()
    assert result.notes == ()
    assert result.sendable
    assert not result.only_on_paper


def test_complete_answers_make_the_whole_record() -> None:
    record = reading().record
    vaccine = record.immunizations[0]
    assert record.patient.name == PersonName("Rose", "O'Neill")
    assert record.patient.nhs_number == record.patient.sendable_nhs_number == "9990123020"
    assert record.patient.traced is Traced.PDS
    assert record.patient.date_of_birth == date(1971, 3, 12)
    assert record.patient.sex is Sex.FEMALE
    assert record.patient.address.in_lines() == ("3 Weaver's Yard", "Overtown", "Leeds", "LS1 4AP")
    assert record.patient.telephones == (Telephone("07700 900123", PhoneUse.MOBILE),)
    assert record.registered is True
    assert record.practice is not None
    assert record.practice.ods_code == "X99999"
    assert record.contact_at == at_counter(date(2026, 10, 14), 10, 40)
    assert record.recorded_at == NOW
    assert record.location == "Community pharmacy"
    assert record.identity_checked
    assert vaccine.given is True
    assert vaccine.product is not None
    assert vaccine.product.code == "43207411000001105"
    assert vaccine.manufacturer == "Seqirus UK Ltd"
    assert vaccine.batch == "AB-1234"
    assert vaccine.expiry == date(2027, 6, 30)
    assert vaccine.dose is not None
    assert (str(vaccine.dose.value), vaccine.dose.unit.code) == ("0.5", "258773002")
    assert vaccine.site is not None
    assert vaccine.site.code == "368208006"
    assert vaccine.route is not None
    assert vaccine.route.code == "78421000"
    assert vaccine.indication is not None
    assert (vaccine.indication.display, vaccine.indication.code) == ("Clinical risk group", "")
    assert vaccine.procedure is not None
    assert vaccine.procedure.code == "955691000000108"
    assert record.allergies.status is AllergyStatus.NONE_KNOWN
    assert (record.consent.to_treatment, record.consent.to_sharing) == (True, True)


@pytest.mark.parametrize("field", [f.id for f in FORM.fields() if f.required and f.shown is None])
def test_a_required_question_without_an_answer_stops_and_says_what_to_do(field: str) -> None:
    sentences = stops(reading(**{field: ""}), field)
    assert sentences
    assert sentences[0].startswith(("Enter ", "Select "))


def test_sentences_for_what_is_missing_name_the_question() -> None:
    result = read({}, programme=flu(), pharmacy=pharmacy(), vaccinator=None, now=NOW)
    said = {p.field: p.sentence for p in result.problems}
    assert said["patient.family"] == "Enter the last name."
    assert said["patient.sex"] == "Select the sex."
    assert said["patient.date_of_birth"] == "Enter the date of birth."
    assert said["patient.identity_checked"] == "Select Yes or No: identity checked."
    assert said["vaccine.eligibility"] == "Select why the patient is eligible."


def test_problems_come_in_the_order_of_the_form() -> None:
    result = read({}, programme=flu(), pharmacy=Organisation(), vaccinator=None, now=NOW)
    order = list(FIELDS)
    places = [order.index(p.field) if p.field in order else len(order) for p in result.problems]
    assert places == sorted(places)
    assert result.problems[-1].field.startswith("pharmacy.")


# the patient


@pytest.mark.parametrize("typed", ["9990123020", "999 012 3020", "999-012-3020", " 999\u00a0012\u20113020 "])
def test_an_nhs_number_is_taken_in_any_shape(typed: str) -> None:
    result = reading(patient__nhs_number=typed)
    assert result.sendable
    assert result.record.patient.nhs_number == "9990123020"


@pytest.mark.parametrize(
    "typed", ["9990123021", "999012302", "99901230200", "999012302O", "٩٩٩٠١٢٣٠٢٠", "485 777 3456"]
)
def test_a_wrong_nhs_number_stops_and_is_left_out(typed: str) -> None:
    result = reading(patient__nhs_number=typed)
    assert stops(result, "patient.nhs_number")
    assert result.record.patient.nhs_number == ""
    assert not result.only_on_paper


def test_without_an_nhs_number_only_paper_is_left() -> None:
    result = reading(patient__nhs_number="", patient__traced="")
    assert "paper" in stops(result, "patient.nhs_number")[0]
    assert [p.field for p in result.problems] == ["patient.nhs_number"]
    assert result.only_on_paper


def test_an_untraced_nhs_number_only_goes_on_paper() -> None:
    result = reading(patient__traced="not-traced")
    assert "paper" in stops(result, "patient.traced")[0]
    assert result.only_on_paper
    assert result.record.patient.sendable_nhs_number == ""


def test_a_fault_beside_a_missing_number_is_more_than_a_matter_of_paper() -> None:
    assert not reading(patient__nhs_number="", vaccine__batch="").only_on_paper


@pytest.mark.parametrize(
    ("typed", "stopped"),
    [
        ("14/10/2026", False),  # today
        ("15/10/2026", True),  # tomorrow
        ("14/10/1906", False),  # 120 today
        ("13/10/1906", False),  # 120 years and a day
        ("14/10/1905", True),  # 121 today
        ("29/2/2024", False),
        ("29/2/2023", True),
        ("31/11/1980", True),
        ("0/1/1980", True),
        ("1/13/1980", True),
        ("1//1980", True),
        ("x/1/1980", True),
        ("1/1/1/1980", True),
        ("1/1/980", True),
    ],
)
def test_a_date_of_birth_is_a_real_day_in_the_past_and_no_more_than_120_years_ago(
    typed: str, stopped: bool
) -> None:
    result = reading(patient__date_of_birth=typed)
    assert bool(stops(result, "patient.date_of_birth")) is stopped
    assert (result.record.patient.date_of_birth is None) is stopped


@pytest.mark.parametrize(
    ("typed", "born"),
    [("12/Mar/71", date(1971, 3, 12)), ("1/10/26", date(2026, 10, 1)), ("1/1/27", date(1927, 1, 1))],
)
def test_a_year_of_two_digits_is_the_nearest_in_the_past(typed: str, born: date) -> None:
    assert reading(patient__date_of_birth=typed).record.patient.date_of_birth == born


@pytest.mark.parametrize("field", ["patient.given", "patient.family"])
@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "Rose & Co", "R0se", "Ro\u202ese"])
def test_a_name_that_is_none_stops(field: str, typed: str) -> None:
    assert stops(reading(**{field: typed}), field)


def test_a_long_last_name_is_doubted_and_kept_whole() -> None:
    result = reading(patient__family="A" * 36)
    assert result.sendable
    assert looks(result, "patient.family")
    assert result.record.patient.name.family == "A" * 36


def test_a_space_before_a_name_is_said_and_left_out() -> None:
    result = reading(patient__family=" O'Neill")
    assert looks(result, "patient.family")
    assert result.record.patient.name.family == "O'Neill"


@pytest.mark.parametrize(("lines", "stopped"), [(1, False), (5, False), (6, True)])
def test_an_address_has_at_most_five_lines(lines: int, stopped: bool) -> None:
    result = reading(patient__address_lines="\n".join(f"Line {n}" for n in range(lines)))
    assert bool(stops(result, "patient.address_lines")) is stopped
    assert len(result.record.patient.address.lines) == lines


@pytest.mark.parametrize(("length", "stopped"), [(99, False), (100, False), (101, True)])
def test_a_line_of_an_address_has_at_most_100_characters(length: int, stopped: bool) -> None:
    result = reading(patient__address_lines="a" * length)
    assert bool(stops(result, "patient.address_lines")) is stopped
    assert result.record.patient.address.lines == ("a" * length,)


def test_an_address_pasted_with_foreign_line_ends_keeps_its_lines() -> None:
    result = reading(patient__address_lines="1 Mill Lane\r\nOvertown\rUpside\n")
    assert result.record.patient.address.lines == ("1 Mill Lane", "Overtown", "Upside")


@pytest.mark.parametrize("typed", ["ZZ99 3VZ", "zz993wz"])
def test_no_fixed_abode_and_address_not_known_are_taken(typed: str) -> None:
    assert reading(patient__postcode=typed).sendable


@pytest.mark.parametrize("field", ["patient.postcode", "practice.postcode"])
def test_half_a_postcode_stops(field: str) -> None:
    assert stops(reading(**{field: "LS1"}), field)


def test_a_telephone_without_area_code_stops() -> None:
    assert stops(reading(patient__telephone="900123"), "patient.telephone")


def test_the_kind_of_telephone_matters_only_with_a_number() -> None:
    assert reading(patient__telephone="", patient__telephone_use="").sendable
    assert stops(reading(patient__telephone_use=""), "patient.telephone_use")
    assert looks(reading(patient__telephone_use="home"), "patient.telephone_use")


def test_an_identity_that_was_not_checked_stops() -> None:
    assert stops(reading(patient__identity_checked="no"), "patient.identity_checked")


# the practice


def test_without_a_practice_only_paper_is_left_and_its_address_is_not_asked() -> None:
    result = reading(practice__registered="no", practice__ods_code="???", practice__postcode="???")
    assert [p.field for p in result.problems] == ["practice.registered"]
    assert result.only_on_paper
    assert result.record.registered is False
    assert result.record.practice is None


@pytest.mark.parametrize("code", ["", "A8", "A81 001", "V81997", "A" * 11])
def test_a_practice_without_a_usable_ods_code_stops(code: str) -> None:
    assert stops(reading(practice__ods_code=code), "practice.ods_code")


def test_an_unusual_practice_code_is_doubted() -> None:
    result = reading(practice__ods_code="a8100")
    assert looks(result, "practice.ods_code")
    assert result.record.practice is not None
    assert result.record.practice.ods_code == "A8100"


def test_a_pharmacy_without_name_or_code_stops_beside_the_form() -> None:
    result = read(
        complete_answers(), programme=flu(), pharmacy=Organisation(), vaccinator=vaccinator(), now=NOW
    )
    assert {p.field for p in result.problems} == {"pharmacy.name", "pharmacy.ods_code"}


# the session


@pytest.mark.parametrize(
    ("day", "time", "field"),
    [
        ("14/10/2026", "10:55", None),  # this minute
        ("14/10/2026", "10:56", "contact.time"),
        ("15/10/2026", "09:00", "contact.date"),
        ("13/10/2026", "23:59", None),
        ("14/10/2026", "25:00", "contact.time"),
        ("14/10/2026", "10", "contact.time"),
        ("31/9/2026", "10:00", "contact.date"),
    ],
)
def test_the_contact_is_a_real_moment_that_is_not_in_the_future(
    day: str, time: str, field: str | None
) -> None:
    result = reading(contact__date=day, contact__time=time)
    assert [p.field for p in result.problems] == ([field] if field else [])
    assert (result.record.contact_at is None) is bool(field)


def test_the_time_of_contact_is_england_s() -> None:
    moment = reading().record.contact_at
    assert moment is not None
    assert moment.astimezone(UTC) == datetime(2026, 10, 14, 9, 40, tzinfo=UTC)


@pytest.mark.parametrize("role", ["pharmacist", "clinical-pharmacist", "technician", "nurse"])
def test_who_may_vaccinate_is_taken(role: str) -> None:
    assert by(vaccinator(role)).sendable


@pytest.mark.parametrize("role", ["trainee", "assistant"])
def test_who_may_not_vaccinate_stops(role: str) -> None:
    result = by(vaccinator(role))
    assert "may vaccinate" in stops(result, "session.vaccinator")[0]
    assert result.record.immunizations[0].procedure is None


def test_who_may_not_vaccinate_can_record_that_nothing_was_given() -> None:
    assert by(
        vaccinator("trainee"), vaccine__outcome="not-given", vaccine__not_given_reason="declined"
    ).sendable


def test_a_vaccinator_without_a_role_stops() -> None:
    assert stops(by(replace(vaccinator(), role=None)), "session.vaccinator")


def test_a_vaccinator_who_is_no_longer_known_stops() -> None:
    assert "again" in stops(by(None), "session.vaccinator")[0]


def test_a_vaccinator_without_a_name_stops() -> None:
    assert stops(by(replace(vaccinator(), name=PersonName("Amira", ""))), "session.vaccinator")


@pytest.mark.parametrize("number", ["", "123"])
def test_a_doubtful_registration_number_is_looked_at(number: str) -> None:
    result = by(vaccinator(registration=number))
    assert result.sendable
    assert looks(result, "session.vaccinator")


@pytest.mark.parametrize(
    ("place", "detail", "kept"),
    [
        ("pharmacy", "ignored", "Community pharmacy"),
        ("home", "ignored", "Patient's home"),
        ("care-home", "Oak & Elm", "Care home: Oak & Elm"),
        ("elsewhere", "Village hall", "Village hall"),
    ],
)
def test_the_place_is_kept_in_words(place: str, detail: str, kept: str) -> None:
    result = reading(session__location=place, session__location_detail=detail)
    assert result.sendable
    assert result.record.location == kept


def test_a_place_elsewhere_needs_its_name() -> None:
    assert stops(reading(session__location="elsewhere"), "session.location_detail")


# consent


def test_a_vaccine_given_without_consent_stops() -> None:
    assert stops(reading(consent__to_treatment="no"), "consent.to_treatment")


def test_a_refusal_to_share_is_respected_on_paper_too() -> None:
    result = reading(consent__to_sharing="no")
    assert stops(result, "consent.to_sharing")
    assert not result.only_on_paper


@pytest.mark.parametrize("giver", ["clinician", "parent", "imca"])
def test_another_s_consent_needs_a_name(giver: str) -> None:
    assert stops(reading(consent__given_by=giver), "consent.name")
    assert reading(consent__given_by=giver, consent__name="Dr Ada Bell").sendable


@pytest.mark.parametrize("giver", ["power-of-attorney", "court-deputy"])
def test_a_deputy_s_consent_needs_name_and_relationship(giver: str) -> None:
    result = reading(consent__given_by=giver)
    assert [p.field for p in result.problems] == ["consent.name", "consent.relationship"]


def test_the_patient_s_own_consent_ignores_a_name_typed_before() -> None:
    assert reading(consent__name="Ada Bell", consent__relationship="Aunt").record.consent.name == ""


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
        complete_answers(), programme=programme, pharmacy=pharmacy(), vaccinator=vaccinator(), now=NOW
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


# allergies and texts


def test_each_line_is_an_allergy_with_its_reaction() -> None:
    result = reading(
        allergies__status="recorded", allergies__entries="Penicillin: rash\n\n Latex \nEgg: lips: swollen"
    )
    entries = [(one.agent.display, one.agent.code, one.reaction) for one in result.record.allergies.entries]
    assert result.sendable
    assert entries == [("Penicillin", "", "rash"), ("Latex", "", ""), ("Egg", "", "lips: swollen")]


def test_an_allergy_without_an_agent_stops() -> None:
    assert stops(reading(allergies__status="recorded", allergies__entries=": rash"), "allergies.entries")


def test_allergies_typed_before_the_answer_changed_are_ignored() -> None:
    assert reading(allergies__entries="Penicillin").record.allergies.entries == ()


TEXTS = [
    "session.location_detail",
    "patient.city",
    "practice.name",
    "practice.city",
    "consent.name",
    "consent.relationship",
    "consent.about_child",
    "after.advice",
    "after.history",
    "after.accompanied_by",
    "after.notes",
    "screening.note",
]
SHOWN = {"session__location": "care-home", "consent__given_by": "court-deputy"}


def text_of(result: Reading, field: str) -> str:
    record = result.record
    practice = record.practice
    assert practice is not None
    return {
        "session.location_detail": record.location.removeprefix("Care home").removeprefix(": "),
        "patient.city": record.patient.address.city,
        "practice.name": practice.name,
        "practice.city": practice.address.city,
        "consent.name": record.consent.name,
        "consent.relationship": record.consent.relationship,
        "consent.about_child": record.consent.about_child,
        "after.advice": record.advice,
        "after.history": record.history,
        "after.accompanied_by": record.accompanied_by,
        "after.notes": record.notes_kept_here,
        "screening.note": record.screening.note,
    }[field]


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize(
    "text", ["<script>alert('x')</script>", "Bell & Sons", '5 < 6 > "4"', "naïve 日本 😀 שלום"]
)
def test_any_text_is_simply_text_and_kept_as_typed(field: str, text: str) -> None:
    result = reading(**{**SHOWN, field: text})
    assert not stops(result, field)
    assert text_of(result, field) == text


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("text", ["<script>", "</b>", "&amp;", "&#x41;"])
def test_what_looks_like_a_web_page_is_pointed_out(field: str, text: str) -> None:
    assert looks(reading(**{**SHOWN, field: text}), field)


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize(
    "sign", ["\x00", "\x0b", "\x1d", "\x7f", "\u200b", "\u202e", "\ufeff", "\ufffe", "\ud800", "\U0001ffff"]
)
def test_hidden_characters_are_refused_with_the_reason(field: str, sign: str) -> None:
    result = reading(**{**SHOWN, field: f"a{sign}b"})
    assert "hidden" in stops(result, field)[0]
    assert text_of(result, field) == ""


@pytest.mark.parametrize("field", TEXTS)
def test_texts_are_bounded_by_saying_so_and_never_cut(field: str) -> None:
    lines = FIELDS[field].kind is form.FieldKind.LINES
    most = 2000 if lines else 100 if field.endswith("city") else 200
    assert not stops(reading(**{**SHOWN, field: "a" * most}), field)
    long = reading(**{**SHOWN, field: "a" * (most + 1)})
    assert f"{most}" in stops(long, field)[0]
    assert text_of(long, field) == "a" * (most + 1)


@pytest.mark.parametrize("field", [f for f in TEXTS if FIELDS[f].kind is form.FieldKind.TEXT])
def test_a_text_of_one_line_has_no_line_breaks(field: str) -> None:
    assert stops(reading(**{**SHOWN, field: "a\nb"}), field)


# the whole form


def test_questions_that_are_not_asked_are_ignored() -> None:
    hidden = {f.id: "\x00 nonsense" for f in FORM.fields() if f.id not in FORM.asked(complete_answers())}
    assert reading(**hidden) == reading()


@pytest.mark.parametrize(
    "field",
    [
        f.id
        for f in FORM.fields()
        if f.kind in (form.FieldKind.RADIO, form.FieldKind.CHOICE, form.FieldKind.YES_NO)
    ],
)
def test_an_answer_that_is_no_longer_offered_is_asked_again(field: str) -> None:
    shown = {
        **SHOWN,
        "vaccine__eligibility": "pregnant",
        "allergies__status": "recorded",
        "previous__finding": "dose-seen",
    }
    if field.startswith("vaccine.not_given"):
        shown["vaccine__outcome"] = "not-given"
    assert stops(reading(**{**shown, field: "gone"}), field)


_WORDS = st.sampled_from(
    ["given", "not-given", "yes", "no", "pregnant", "recorded", "other", "elsewhere", "dose-seen", ""]
)
_TYPED = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=()), max_size=12),  # halves of surrogate pairs too
    _WORDS,
    st.tuples(*[st.text("0123456789 /jmtx", max_size=4)] * 3).map("/".join),
)


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), _TYPED, max_size=5))
@settings(max_examples=100, deadline=None)
def test_no_text_in_any_field_ever_raises(changes: dict[str, str]) -> None:
    result = reading(**changes)
    assert result.sendable is (not result.problems)
    assert {p.field for p in (*result.problems, *result.notes)} <= set(FIELDS)


@given(st.sampled_from(sorted(FIELDS)), st.text(alphabet="QXZqxz7\x00<é&", min_size=6, max_size=30))
@settings(max_examples=100, deadline=None)
def test_no_sentence_ever_holds_what_was_typed(field: str, typed: str) -> None:
    result = reading(**{field: typed})
    assert not [p for p in (*result.problems, *result.notes) if typed.strip() in p.sentence]


@given(st.fixed_dictionaries(dict.fromkeys(FIELDS, _TYPED)))
@settings(max_examples=15, deadline=None)
def test_a_form_filled_with_anything_at_all_is_read(answers: dict[str, str]) -> None:
    result = read(answers, programme=flu(), pharmacy=pharmacy(), vaccinator=None, now=NOW)
    assert len(set(result.problems)) == len(result.problems)


OTHER_ANSWERS = {
    "session.vaccinator": "",
    "session.service": "private",
    "session.legal_basis": "psd",
    "session.location": "home",
    "session.location_detail": "Oak House",
    "contact.date": "13/10/2026",
    "contact.time": "09:15",
    "patient.nhs_number": "",
    "patient.date_of_birth": "1/1/1980",
    "patient.traced": "scr",
    "patient.given": "Lily",
    "patient.family": "Marsh",
    "patient.sex": "male",
    "patient.address_lines": "9 Mill Lane",
    "patient.city": "York",
    "patient.postcode": "YO1 7HH",
    "patient.telephone": "01632 960002",
    "patient.telephone_use": "work",
    "patient.identity_checked": "no",
    "practice.registered": "no",
    "practice.ods_code": "X99998",
    "practice.name": "Undertown Surgery",
    "practice.address_lines": "2 Chapel Lane",
    "practice.city": "York",
    "practice.postcode": "YO1 7HH",
    "previous.finding": "dose-seen",
    "previous.note": "Seen on the Summary Care Record",
    "screening.note": "Cold last week, well now",
    "consent.to_treatment": "no",
    "consent.given_by": "clinician",
    "consent.name": "Ada Bell",
    "consent.relationship": "Daughter",
    "consent.about_child": "Gillick competent",
    "consent.to_sharing": "no",
    "vaccine.eligibility": "carer",
    "eligibility.due_date": "1/2/2027",
    "vaccine.outcome": "not-given",
    "vaccine.not_given_reason": "declined",
    "vaccine.not_given_other": "Fridge failed",
    "vaccine.product": "tivr",
    "vaccine.batch": "ZZ99",
    "vaccine.expiry": "1/1/2027",
    "vaccine.dose_number": "2",
    "vaccine.dose_amount": "0.25",
    "vaccine.route": "subcutaneous",
    "vaccine.site": "right-arm",
    "allergies.status": "not-available",
    "allergies.entries": "Latex",
    "after.advice": "Rest",
    "after.adverse": "observed",
    "after.adverse_note": "Fainted, recovered in five minutes",
    "after.history": "Asthma",
    "after.accompanied_by": "Her son",
    "after.notes": "Parked outside",
}
NEEDS = {
    "session.location_detail": {"session__location": "care-home", "session.location_detail": "Elm House"},
    "previous.note": {"previous__finding": "dose-seen"},
    "consent.name": {"consent__given_by": "court-deputy"},
    "consent.relationship": {"consent__given_by": "court-deputy"},
    "eligibility.due_date": {"vaccine__eligibility": "pregnant"},
    "vaccine.not_given_reason": {"vaccine__outcome": "not-given"},
    "vaccine.not_given_other": {"vaccine__outcome": "not-given", "vaccine__not_given_reason": "other"},
    "allergies.entries": {"allergies__status": "recorded"},
    "after.adverse_note": {"after__adverse": "observed"},
}


@pytest.mark.parametrize("field", list(FIELDS))
def test_every_field_of_the_form_is_read(field: str) -> None:
    """A field whose answer changes neither the record nor a problem would be asked for nothing."""
    other = OTHER_ANSWERS.get(field, "yes" if field.startswith("screening.") else None)
    assert other is not None, "this new field needs another answer here"
    before = reading(**NEEDS.get(field, {}))
    after = reading(**{**NEEDS.get(field, {}), field: other})
    assert (before.record, before.problems, before.notes) != (after.record, after.problems, after.notes)


# the beginning of a form


NEVER_FILLED = (
    "patient.identity_checked",
    "patient.traced",
    "allergies.status",
    "consent.to_treatment",
    "consent.given_by",
    "consent.to_sharing",
    "vaccine.eligibility",
    "vaccine.site",
    "vaccine.outcome",
    *(field for field in FIELDS if field.startswith("screening.")),
)


@pytest.mark.parametrize("field", NEVER_FILLED)
def test_what_is_about_this_patient_alone_is_never_filled_in_beforehand(field: str) -> None:
    assert starting_answers(flu(), NOW)[field] == ""
    assert FIELDS[field].default == ""
    assert not FIELDS[field].remembered


def test_a_fresh_form_knows_the_day_the_time_and_what_is_usual() -> None:
    answers = starting_answers(flu(), NOW)
    assert set(answers) == set(FIELDS)
    assert (answers["contact.date"], answers["contact.time"]) == ("14/10/2026", "10:55")
    assert answers["vaccine.dose_amount"] == "0.5"
    assert answers["after.advice"] == flu().advice
    assert answers["practice.registered"] == "yes"


def test_choosing_a_product_brings_its_dose_and_route() -> None:
    assert answers_of_product(flu(), "fluenz") == {
        "vaccine.dose_amount": "0.2",
        "vaccine.route": "intranasal",
    }
    assert answers_of_product(flu(), "gone") == {}
    assert flu().products["fluenz"].dose is not None
    assert flu().default_dose == Decimal("0.5")
