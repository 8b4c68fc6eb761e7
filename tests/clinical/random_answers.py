"""Random answers to any form: options, texts and dates where they belong, and sometimes where they do not."""

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from digmed_desktop.clinical import form
from digmed_desktop.clinical.form import FieldKind, FormField, Option

Lists = Mapping[str, Sequence[Option]]
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)
names = st.sampled_from(("", "Rose", "O'Neill", "Anne-Marie", "Łukasz", " Ó Briain", "x1"))
lines = st.lists(st.sampled_from(("Fainted", "Well: after ten minutes", " kept ", "")), max_size=4).map(
    "\n".join
)
KINDS = {
    FieldKind.NHS_NUMBER: st.sampled_from(("", "999 012 3020", "9990000018", "123", "999-000-0026")),
    FieldKind.DATE: st.sampled_from(
        ("", "//", "14/10/2026", "1/2/2027", "12/3/1971", "00/6/2027", "31/2/2026")
    ),
    FieldKind.TIME: st.sampled_from(("", "10:40", "0905", "25:00")),
    FieldKind.POSTCODE: st.sampled_from(("", "LS1 4AP", "ls14ap", "nowhere")),
    FieldKind.TELEPHONE: st.sampled_from(("", "07700 900123", "0113 496 0000", "x")),
    FieldKind.YES_NO: st.sampled_from(("", "yes", "no")),
    FieldKind.DECIMAL: st.sampled_from(("", "1", "0.5", "28", "0.25", "0", "many")),
    FieldKind.LINES: lines,
    FieldKind.PERSON: st.sampled_from(("", "1")),
    FieldKind.MEDICINE: st.sampled_from(
        ("", "37417211000001103\tHumulin M3", "Needles", "12\tX", "39113611000001102\tExample 5mg")
    ),
}


def _answer(field: FormField, lists: Lists) -> st.SearchStrategy[str]:
    options = lists.get(field.options_from, field.options)
    if options:
        return st.sampled_from(["", *(option.id for option in options)])
    if field.id.endswith((".given", ".family")):
        return names
    return KINDS.get(field.kind, st.one_of(st.just(""), st.sampled_from(("AB-1234", "tablet")), words))


@st.composite
def answers(draw: st.DrawFn, form_id: str, lists: Lists) -> dict[str, str]:
    """Answers to all questions of a form, the hidden ones too; a repeating group is asked up to three times."""
    questions = form.load(form_id)
    counted = {form.count_id(one.id): str(draw(st.integers(1, 3))) for one in questions.repeating}
    fields = tuple(questions.laid_out(counted).fields())
    return {**counted, **{field.id: draw(_answer(field, lists)) for field in fields}}
