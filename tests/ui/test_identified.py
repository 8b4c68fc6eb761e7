"""A patient who is named for an act has a second identifier; onlookers read initials and the end of the number."""

from datetime import date

from digmed_desktop.ui.widgets.words import Words
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench
from tests.ui.test_sweep import content


def test_lists_name_a_patient_by_two_things_and_obey_privacy(bench: Bench) -> None:
    made = bench.window.context.made
    assert (
        made.identified("QUILL, Nora", "9994000012", date(1950, 3, 12)) == "QUILL, Nora  ·  born 12 Mar 1950"
    )
    assert made.identified("QUILL, Nora", "9994000012", None) == "QUILL, Nora  ·  999 400 0012"
    assert made.identified("QUILL, Nora", "", None) == "QUILL, Nora"
    bench.form.fill({**complete_answers(), "patient.date_of_birth": "12/3/1950"})
    bench.form.next_patient()
    bench.idle()
    bench.window.go("drafts")
    bench.idle()
    said = [words.text() for words in content(bench).findChildren(Words)]
    assert any("born 12 Mar 1950" in text for text in said)
    done: list[int] = []
    made.change(lambda: done.append(1), privacy=True)
    bench.until(lambda: bool(done))
    hidden = made.identified("QUILL, Nora", "9994000012", date(1950, 3, 12))
    assert hidden == "Q. N.  ·  NHS number … 0012"
    bench.window.go("today")
    bench.window.go("drafts")
    bench.idle()
    shown = [words.text() for words in content(bench).findChildren(Words) if words.isVisible()]
    assert not any("born" in text or "1950" in text for text in shown)


def test_nobody_is_said_to_have_a_form_after_the_lock(bench: Bench) -> None:
    bench.window.lock()
    bench.sign_in()
    assert not bench.window.toast.isVisible()
