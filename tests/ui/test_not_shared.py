"""Finishing a vaccination of which the practice is not told: the check page says so, the story shows it."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from digmed_desktop.desk.views.sent import Act, How
from digmed_desktop.messaging.states import State
from digmed_desktop.ui.pages.today_pictures import group_of
from digmed_desktop.ui.widgets.field import Field
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench
from tests.ui.test_story import text_of


def tag_of(field: Field) -> str:
    """Return what is said beside a label of who sees the answer."""
    return "" if field._tag is None or field._tag.isHidden() else field._tag.text()


def test_it_is_recorded_here_only_and_says_so_before_and_after(bench: Bench) -> None:
    form, check, story = bench.form, bench.window.check, bench.window.story
    form.fill(complete_answers(consent__to_sharing="no"))
    bench.until(lambda: form.preview.tabs.tabText(0) == "Not shared")
    assert not form.preview.tabs.isTabVisible(form.preview.tabs.indexOf(form.preview.xml))
    tags = form.form.fields["patient.family"]
    bench.until(lambda: tag_of(tags) == "Not shared")
    assert "Not shared" in tags.editor.parts()[0].accessibleDescription()
    form.check_now()
    bench.until(check.isVisible)
    said = "\n".join(label.text() for label in check.findChildren(type(check.why_not)) if label.isVisible())
    assert "Check before you finish" in said
    assert "does not agree to share this with the practice" in said
    assert (check.send_button.text(), check.send_button.accessibleName()) == ("Record here only",) * 2
    assert "nothing to the practice" in check.send_button.toolTip()
    QTest.mouseClick(check.send_button, Qt.MouseButton.LeftButton)
    bench.open_sent()
    bench.until(lambda: bool(story.offers))
    (row,) = bench.rows()
    assert (row.state, row.needs_person) == (State.NOT_SHARED, False)
    assert story.state.head.text() == "Recorded here only"
    assert "due by" not in text_of(story)
    assert set(story.offers) == {Act.CORRECT, Act.WITHDRAW, Act.NOTE}
    story._begin_paper()
    assert story.paper.chosen is How.PATIENT
    assert story.paper.gone_button.isHidden()
    assert "for the patient only" in story.paper.lead.text()
    form.fill({key: text for key, text in complete_answers().items() if key.startswith("consent.")})
    bench.until(lambda: form.preview.tabs.tabText(0) == "GP view")
    assert tag_of(tags) == ""
    traced = form.form.fields["patient.traced"].editor.parts()[0]
    assert "Not shared" in traced.accessibleDescription(), "it never goes to the practice"
    assert form.preview.tabs.isTabVisible(form.preview.tabs.indexOf(form.preview.xml))


def test_every_state_is_counted_under_a_true_name() -> None:
    assert group_of(State.NOT_SHARED) == "Done"
    assert group_of(State.WAITING) == "On its way"
    assert group_of(State.REPLACED) == "Closed without sending"
