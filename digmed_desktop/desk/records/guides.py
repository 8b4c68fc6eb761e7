"""Guides for people as paper, and blank forms to fill in by hand while the program cannot be used."""

from pathlib import Path

from digmed_desktop.clinical import form as form_room
from digmed_desktop.clinical import rule_tables
from digmed_desktop.clinical.form import FieldKind, Form, FormField, Group
from digmed_desktop.data_files.source import OWN
from digmed_desktop.messaging.whole_file import whole_file
from digmed_desktop.paper.document import Blank, PaperDocument, Question

GUIDES = {
    "it": "for-it",
    "owner": "for-owner",
    "staff": "for-staff",
    "threats": "threats",
    "data-protection": "data-protection",
    "hazards": rule_tables.HAZARDS,
}
"""Names of guides, and their texts in the help."""
FORMS = {"blank-vaccination": "vaccination", "blank-supply": "emergency-supply"}
"""Names of blank forms, and the forms that they are."""
NAMES = (*GUIDES, *FORMS)

_COPIES = 2  # of a group that is asked once for each of several things
_LINES = {FieldKind.LINES: 3, FieldKind.MEDICINE: 2}
_YES_NO = ("Yes", "No")
_MOST_BOXES = 12  # a longer list is written in words


def document(name: str) -> PaperDocument:
    """Return one of :data:`NAMES`. Raises KeyError for any other."""
    return blank(FORMS[name]) if name in FORMS else of_help(GUIDES[name])


def of_help(topic: str) -> PaperDocument:
    """Return a text of the help as a document."""
    from digmed_desktop.paper import guide

    return guide.read(rule_tables.text(topic))


def blank(form_id: str) -> PaperDocument:
    """Return a form with nothing filled in: every question that the window can ask, in its order."""
    form, words = _with_copies(form_room.load(form_id)), OWN.raw("paper/words.toml")["blank"]
    groups = tuple(
        Blank(_title(group), tuple(_question(one) for one in group.fields)) for group in form.groups
    )
    foot = Blank(words["foot"], tuple(Question(label) for label in words["foot_labels"]))
    return PaperDocument(
        words["title"].format(form=form.title),
        (*groups, foot),
        notice=(words["notice"],),
        lead=tuple(words["lead"]),
        running=words["running"],
    )


def save(made: PaperDocument, path: Path) -> None:
    """Write a document as PDF. Raises NotStoredError, and the file that was there stays."""
    from digmed_desktop.paper.pdf import pdf

    content = pdf(made)
    with whole_file(path) as file:
        file.write(content)


def _with_copies(form: Form) -> Form:
    counts = {
        form_room.count_id(group.id): str(min(_COPIES, group.repeat.most))
        for group in form.groups
        if group.repeat
    }
    return form.laid_out(counts)


def _title(group: Group) -> str:
    return group.title if group.shown is None else f"{group.title} (if it applies)"


def _question(field: FormField) -> Question:
    """Return a question as it is asked on paper. Nothing is ticked or written in beforehand."""
    hint = "If it applies." if field.shown is not None else field.hint
    if field.kind is FieldKind.YES_NO:
        return Question(field.label, hint, _YES_NO)
    if field.options and len(field.options) <= _MOST_BOXES:
        return Question(field.label, hint, tuple(option.label for option in field.options))
    return Question(field.label, hint, lines=_LINES.get(field.kind, 1))
