"""The window asks what applies to the product and the patient, and Check lists no answer to anything else."""

from PySide6.QtCore import Qt

from digmed_desktop.ui.context import FormStart
from digmed_desktop.ui.forms.alerts import Alert
from digmed_desktop.ui.pages.check import recorded_groups
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench

SPRAY = {
    "vaccine__product": "fluenz",
    "vaccine__route": "intranasal",
    "vaccine__site": "nose",
    "vaccine__dose_amount": "0.2",
    "patient__date_of_birth": "14/10/2016",
    "session__service": "private",
}
OF_THE_SPRAY = ("immune", "immune_contact", "asthma", "salicylate", "antivirals", "egg")


def hidden(bench: Bench, question: str) -> bool:
    return bench.form.form.fields[question].isHidden()


def checked(bench: Bench) -> set[str]:
    form = bench.form.form
    return {row.field for group in recorded_groups(form, form.answers()) for row in group.rows}


def test_the_nasal_spray_brings_its_questions_and_another_vaccine_takes_them_away(bench: Bench) -> None:
    bench.form.fill(complete_answers(**SPRAY))
    assert not [one for one in OF_THE_SPRAY if hidden(bench, f"screening.{one}")]
    bench.form.form.set_answers({"vaccine.product": "tivc"}, keep_rest=True)
    bench.form.touched("vaccine.product")
    bench.idle()
    assert all(hidden(bench, f"screening.{one}") for one in OF_THE_SPRAY)


def test_check_lists_no_answer_to_a_question_that_does_not_apply(bench: Bench) -> None:
    bench.form.fill(complete_answers())
    rows = checked(bench)
    assert {"screening.unwell", "consent.given_by"} <= rows
    assert not [one for one in rows if one in {f"screening.{key}" for key in OF_THE_SPRAY}]
    assert not {"consent.understands", "consent.assessed_by", "consent.authority"} & rows
    bench.form.fill(complete_answers(**SPRAY))
    assert {"screening.asthma", "consent.understands", "consent.assessed_by"} <= checked(bench)


def test_who_decides_changes_what_is_asked_at_once(bench: Bench) -> None:
    bench.form.fill(complete_answers())
    assert hidden(bench, "consent.understands")
    bench.form.form.set_answers({"consent.given_by": "clinician"}, keep_rest=True)
    bench.form.touched("consent.given_by")
    bench.idle()
    assert not hidden(bench, "consent.understands")


def test_a_stop_asks_who_advised_and_offers_no_ready_made_reason(bench: Bench) -> None:
    bench.form.fill(complete_answers(**SPRAY, screening__asthma="yes"))
    bench.until(lambda: bool(bench.form.alerts.alerts))
    stops = [one for one in bench.form.alerts.alerts if one.problem.needs_adviser]
    assert [one.problem.field for one in stops] == ["screening.asthma"]
    (stop,) = stops
    assert isinstance(stop, Alert)
    assert stop.property("tone") == "stop"
    assert stop.field.label.text().startswith("Who advised it")
    assert "Source: NHS website" in stop.said.text()
    assert stop.open
    assert not stop.editor._ids


def test_each_declined_form_asks_only_what_matters_however_it_begins(bench: Bench) -> None:
    """The second in a row, one that is gone on with, and the one for a vaccine to be given after them."""
    form = bench.form
    shown = form.form.fields

    def folded() -> bool:
        return not any(shown[key].isVisible() for key in ("screening.unwell", "vaccine.batch"))

    for _ in range(2):
        form.next_patient()
        bench.idle()
        assert shown["screening.unwell"].isVisible(), "a fresh form asks all"
        bench.key(Qt.Key.Key_0, Qt.KeyboardModifier.AltModifier)
        bench.idle()
        assert folded()
    form.fill({"patient.family": "Quill"})
    form.save_draft()
    state = form.state()
    form.next_patient()
    bench.idle()
    form.begin(FormStart("vaccination", whole=state))
    bench.idle()
    assert form.answers()["vaccine.outcome"] == "not-given"
    assert folded(), "gone on with"
    form.next_patient()
    bench.idle()
    assert shown["screening.unwell"].isVisible()
