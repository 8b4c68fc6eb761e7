"""The rules of patient, practice, session and consent: each at its limit, below and above it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from digmed_desktop.clinical.dates import at_counter
from digmed_desktop.clinical.questions.vaccination import not_asked
from digmed_desktop.clinical.record import (
    AllergyStatus,
    Organisation,
    PersonName,
    PhoneUse,
    Sex,
    Telephone,
    Traced,
)
from digmed_desktop.clinical.vaccination import read
from digmed_desktop.data_files.source import OWN
from tests.clinical.examples import (
    AGREED,
    FIELDS,
    FORM,
    NOW,
    by,
    complete_answers,
    flu,
    looks,
    pharmacy,
    reading,
    stops,
    vaccinator,
)


def test_complete_answers_are_sendable_and_leave_no_warning() -> None:
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


NOT_OF_THIS_VACCINE = not_asked(flu(), complete_answers()["vaccine.product"])
ONE_NAME = "patient.given"  # some people have one name only: without a first name the form asks for a reason
REQUIRED = [
    f.id
    for f in FORM.fields()
    if f.required and f.shown is None and f.id not in NOT_OF_THIS_VACCINE and f.id != ONE_NAME
]


@pytest.mark.parametrize("field", REQUIRED)
def test_a_required_question_without_an_answer_stops_and_says_what_to_do(field: str) -> None:
    sentences = stops(reading(**{field: ""}), field)
    assert sentences
    assert sentences[0].startswith(("Enter ", "Select "))


def test_sentences_for_what_is_missing_name_the_question() -> None:
    result = read({}, programme=flu(), pharmacy=pharmacy(), vaccinator=None, now=NOW, agreed=AGREED)
    said = {p.field: p.sentence for p in result.problems}
    assert said["patient.family"] == "Enter the last name."
    assert said["patient.sex"] == "Select the sex."
    assert said["patient.date_of_birth"] == "Enter the date of birth."
    assert said["patient.identity_checked"] == "Select Yes or No: identity checked."
    assert said["vaccine.eligibility"] == "Select why the patient is eligible."


def test_problems_come_in_the_order_of_the_form() -> None:
    result = read({}, programme=flu(), pharmacy=Organisation(), vaccinator=None, now=NOW, agreed=AGREED)
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
    [("12/Mar/71", date(1971, 3, 12)), ("1/1/27", date(1927, 1, 1))],
)
def test_a_year_of_two_digits_is_the_one_that_a_living_person_can_have(typed: str, born: date) -> None:
    assert reading(patient__date_of_birth=typed).record.patient.date_of_birth == born


def test_a_year_of_two_digits_that_fits_two_centuries_stops() -> None:
    assert stops(reading(patient__date_of_birth="1/10/26"), "patient.date_of_birth")


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
        complete_answers(),
        programme=flu(),
        pharmacy=Organisation(),
        vaccinator=vaccinator(),
        now=NOW,
        agreed=AGREED,
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


@pytest.mark.parametrize("role", ["trainee", "assistant", "healthcare-assistant"])
def test_who_is_not_registered_vaccinates_under_a_specific_direction_and_under_no_pgd(role: str) -> None:
    assert "only registered" in stops(by(vaccinator(role)), "session.legal_basis")[0]
    under = by(vaccinator(role), session__legal_basis="psd")
    assert under.sendable
    assert under.record.immunizations[0].procedure is not None


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


def test_what_cannot_be_true_is_not_lifted_by_an_act_that_was_done_all_the_same() -> None:
    done = {"incident__done": "yes", "incident__reason": "pharmacist-decided", "incident__report": "Told"}
    own = {"practice__ods_code": pharmacy().ods_code}
    for answers in (own, {**own, **done}):
        assert stops(reading(**answers), "practice.ods_code")


def test_the_risk_group_is_asked_by_name_of_a_clinical_risk_alone_and_is_never_required() -> None:
    chosen = {"eligibility__risk_group": "diabetes"}
    for reason, asked in (("risk-group", True), ("child-at-risk", True), ("pregnant", False), ("age", False)):
        assert reading(vaccine__eligibility=reason, **chosen).record.risk_group == (
            "Diabetes" if asked else ""
        )
    assert "eligibility.risk_group" not in {
        one.field for one in reading(vaccine__eligibility="risk-group").problems
    }


def test_flu_and_covid_19_are_one_service_with_its_public_specification_as_source() -> None:
    flu_file, covid_file = (
        next(one for one in OWN.raw(f"programmes/{id_}.toml")["service"] if one["id"] == "nhs")
        for id_ in (flu().id, "covid-19")
    )
    assert flu_file["label"] == covid_file["label"]
    for row in (flu_file, covid_file):
        assert "advanced service specification" in row["source"]
        assert "1 April 2026" in row["source"]
