"""Which editor answers which kind of question."""

from collections.abc import Sequence

from digmed_desktop.clinical.form import FieldKind, FormField, Option
from digmed_desktop.ui.widgets.choices import YES_NO, ChoiceEditor, RadioEditor, TicksEditor
from digmed_desktop.ui.widgets.editors import DateEditor, Editor, LinesEditor, NhsNumberEditor, TextEditor
from digmed_desktop.ui.widgets.medicine import MedicineEditor

MOST_RADIOS = 7
SHORT = 18  # characters: options this short stand beside each other


def editor_for(question: FormField, options: Sequence[Option]) -> Editor:
    """Return a new editor for a question with these options."""
    match question.kind:
        case FieldKind.NHS_NUMBER:
            return NhsNumberEditor()
        case FieldKind.LINES:
            return LinesEditor()
        case FieldKind.DATE:
            return DateEditor()
        case FieldKind.YES_NO:
            return RadioEditor(YES_NO, beside=True)
        case FieldKind.RADIO if len(options) <= MOST_RADIOS:
            beside = sum(len(o.label) for o in options) <= SHORT * 2 and len(options) <= 4
            return RadioEditor(options, beside=beside)
        case FieldKind.RADIO | FieldKind.CHOICE | FieldKind.PERSON:
            return ChoiceEditor(options)
        case FieldKind.TICKS:
            return TicksEditor(options)
        case FieldKind.MEDICINE:
            return MedicineEditor()
        case _:
            return TextEditor()
