"""Another ODS code typed over the first takes the name and address of the first with it."""

from PySide6.QtCore import Qt

from digmed_desktop.ui.forms.practice_answers import CODE, DETAILS, OTHER_CODE
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench
from tests.ui.test_one_person import sent, type_over

FIRST = {key: text for key, text in complete_answers().items() if key.startswith("practice.")}


def answer(bench: Bench, field_id: str, text: str) -> None:
    bench.form.form.set_answers({field_id: text}, keep_rest=True)
    bench.form.form.left.emit(field_id)


def details(bench: Bench) -> dict[str, str]:
    answers = bench.form.form.answers()
    return {key: answers[key] for key in DETAILS if answers[key]}


def test_the_practice_follows_its_code(bench: Bench) -> None:
    sent(bench)  # the first practice is known from now on
    bench.form.reload_practices()
    bench.idle()
    first = {key: text for key, text in FIRST.items() if key in DETAILS and text}
    bench.form.practices.fill(next(iter(bench.form.practices._known.values())).organisation)
    assert details(bench) == first
    answer(bench, CODE, f" {FIRST[CODE].lower()} ")
    assert details(bench) == first, "it is the same code"
    type_over(bench, CODE, "B82003")
    assert details(bench) == {}
    assert bench.form.practice_search.box.said.text() == OTHER_CODE
    answer(bench, "practice.name", "New Surgery")
    answer(bench, CODE, "B82004")
    assert details(bench) == {"practice.name": "New Surgery"}, "typed after the code before: it stays"
    bench.form.practices.fill(next(iter(bench.form.practices._known.values())).organisation)
    bench.form.focus_field(CODE)
    bench.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    bench.keys("B82003")
    bench.form.check_now()  # the cursor is still in it
    assert details(bench) == {}
    answer(bench, "practice.name", "Gone Surgery")
    bench.form.practices.begin()
    answer(bench, CODE, FIRST[CODE])
    assert details(bench) == first, "a practice known here is filled in whole"
