"""Which editor answers which kind of question."""

from collections.abc import Callable, Sequence
from datetime import datetime

from digmed_desktop.clinical.form import FieldKind, FormField, Option
from digmed_desktop.clinical.identity import BORN
from digmed_desktop.ui.widgets.choices import YES_NO, ChoiceEditor, RadioEditor, RowEditor, TicksEditor
from digmed_desktop.ui.widgets.editors import DateEditor, Editor, LinesEditor, NhsNumberEditor, TextEditor
from digmed_desktop.ui.widgets.medicine import MedicineEditor

MOST_RADIOS = 10  # each has a digit


def editor_for(
    question: FormField, options: Sequence[Option], now: Callable[[], datetime], *, row: bool = False
) -> Editor:
    """Return a new editor for a question with these options, or for a ``row`` of a table; ``now`` reads dates."""
    if row and question.kind is FieldKind.YES_NO:
        return RowEditor(YES_NO)
    match question.kind:
        case FieldKind.NHS_NUMBER:
            return NhsNumberEditor()
        case FieldKind.LINES:
            return LinesEditor()
        case FieldKind.DATE:
            return DateEditor(now, birth=question.id == BORN)
        case FieldKind.YES_NO:
            return RadioEditor(YES_NO)
        case FieldKind.RADIO if len(options) <= MOST_RADIOS:
            return RadioEditor(options)
        case FieldKind.RADIO | FieldKind.CHOICE | FieldKind.PERSON:
            return ChoiceEditor(options)
        case FieldKind.TICKS:
            return TicksEditor(options)
        case FieldKind.MEDICINE:
            return MedicineEditor()
        case _:
            return TextEditor()
