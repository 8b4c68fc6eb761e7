"""Bad input: a sentence at the field and in the list, each line leads to its field, and nothing typed is lost."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import Severity
from digmed_desktop.desk.views.general import Preview
from digmed_desktop.ui.preview.preview_pane import TO_COMPLETE
from digmed_desktop.ui.widgets.problem_summary import LinkButton
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench

BAD = {
    "patient.nhs_number": ("999 012 3021", "last digit does not fit"),
    "patient.date_of_birth": ("12/3/2051", "must be in the past"),
    "vaccine.expiry": ("30/6/2020", "expired"),
    "practice.ods_code": ("", "ODS code of the practice"),
    "patient.family": ("O'Neill <script>", "Enter the last name"),
}


def check(bench: Bench) -> None:
    bench.form.form.focus_field("patient.given")
    bench.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    bench.idle()
    bench.until(lambda: bench.form.form.summary.isVisible() or bench.window.check.isVisible())


def test_each_mistake_is_said_at_its_field_and_stops_send(bench: Bench) -> None:
    answers = {**complete_answers(), **{field: typed for field, (typed, _) in BAD.items()}}
    bench.form.fill(answers)
    bench.idle()
    check(bench)
    assert not bench.window.check.isVisible(), "Send must not be reachable"
    lines = [line.accessibleName() for line in bench.form.form.summary.lines()]
    kept = bench.form.form.answers()
    for field, (typed, said) in BAD.items():
        asked = bench.form.form.fields[field]
        assert said.lower() in asked.sentence.lower()
        assert typed.split("/")[0] not in asked.sentence or not typed, (
            "a sentence never repeats what was typed"
        )
        assert asked.sentence in lines
        assert asked.sentence in asked.editor.parts()[0].accessibleDescription()
        assert kept[field] == typed, "nothing typed is lost"
    for field, (typed, _) in BAD.items():
        assert field in stopped_by(bench, {**complete_answers(), field: typed}), "each alone stops Send"


def stopped_by(bench: Bench, answers: dict[str, str]) -> list[str]:
    got: list[Preview] = []
    bench.office.ask(lambda desk: desk.preview("vaccination", FormState(answers)), got.append)
    bench.until(lambda: bool(got))
    return [problem.field for problem in got[0].problems if problem.severity is Severity.STOP]


def test_every_line_of_the_summary_leads_to_its_field(bench: Bench) -> None:
    bench.form.fill({**complete_answers(), "patient.sex": "", "vaccine.batch": "", "vaccine.site": ""})
    bench.idle()
    check(bench)
    lines = bench.form.form.summary.lines()
    assert len(lines) == 3
    for line, field in zip(lines, ("patient.sex", "vaccine.batch", "vaccine.site"), strict=True):
        assert isinstance(line, LinkButton)
        line.click()
        asked = "vaccine.outcome" if field == "vaccine.site" else field  # the site is asked with the outcome
        assert QApplication.focusWidget() in bench.form.form.fields[asked].editor.parts()


def test_a_field_says_nothing_before_it_was_left(bench: Bench) -> None:
    bench.form.focus_field("patient.nhs_number")
    bench.keys("99901")
    bench.idle()
    assert bench.form.form.fields["patient.nhs_number"].sentence == ""
    bench.key(Qt.Key.Key_Tab)
    bench.idle()
    bench.until(lambda: "10-digit" in bench.form.form.fields["patient.nhs_number"].sentence)


def test_the_problems_tab_counts_and_leads_too(bench: Bench) -> None:
    bench.form.fill({**complete_answers(), "vaccine.batch": ""})
    bench.idle()
    pane = bench.form.preview
    bench.until(lambda: pane.tabs.tabText(1) == "To complete 1")
    pane.tabs.setCurrentIndex(1)
    line = pane.lists[TO_COMPLETE].findChildren(LinkButton)[0]
    line.click()
    assert QApplication.focusWidget() in bench.form.form.fields["vaccine.batch"].editor.parts()
