"""Every list that names a patient for an act has two things that tell the patient from a namesake."""

from datetime import date

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.views.sent import How
from digmed_desktop.paper import printing
from tests.clinical.examples import NOW, complete_answers
from tests.desk.conftest import Counter

BORN = "12 Mar 1950"
PATIENT = {"patient__date_of_birth": "12/3/1950"}


def on_paper(counter: Counter) -> int:
    """Record one without an NHS number, which only paper can take."""
    return counter.record(**PATIENT, patient__nhs_number="", patient__traced="not-traced")


def test_paper_and_today_name_a_patient_with_the_date_of_birth(counter: Counter) -> None:
    made, day = on_paper(counter), NOW.date()
    one = counter.desk.papers.copy(made, How.POST, "Ada Okonkwo-Bright")
    assert BORN in one.running
    for document in (counter.desk.papers.day_list(day), counter.desk.papers.day_end(day)):
        assert BORN in printing.html(document), document.title
    figures = counter.desk.listing.today().figures
    named = (
        *figures.needing,
        *figures.due,
        *figures.to_paper,
        *figures.to_sign,
        *(b.row for b in figures.back),
    )
    assert named
    assert {row.born for row in named} == {date(1950, 3, 12)}


def test_the_band_of_a_correction_has_two_things(counter: Counter) -> None:
    about = counter.desk.acts.corrected(counter.record(**PATIENT), "The batch was misread.")
    assert about.born == date(1950, 3, 12)
    assert about.nhs_number == complete_answers()["patient.nhs_number"].replace(" ", "")
    assert FormState(complete_answers()).patient_name.as_on_record() == about.patient_name
