"""Draw the copies of a repeating group: a head with Remove, a bar with Add, and the law's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from digmed_desktop.clinical import form as forms
from digmed_desktop.clinical import law
from digmed_desktop.clinical.form import Form, Group
from digmed_desktop.clinical.problem import sourced
from digmed_desktop.clinical.reading import LawSaid
from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.choices import RadioEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.words import Words, application, heading, set_property

MOST_WIDGETS = 10_000  # of a window: the way along its chain of focus ends
TONES = {"stop": "Not allowed", "look": "Check", "tell": "Law"}


@dataclass(repr=False)
class Repeated:
    """One repeating group as it is drawn: how many copies there are, their heads, and the bar after the last."""

    group: Group
    number: int = 1
    heads: "dict[str, CopyHead]" = field(default_factory=dict)
    bar: "AddBar | None" = None

    @property
    def count_id(self) -> str:
        """The id of the answer that holds the number."""
        return forms.count_id(self.group.id)

    @property
    def title(self) -> str:
        """Return the name of one copy."""
        return self.group.title

    @property
    def most(self) -> int:
        """How many copies there may be."""
        return self.group.repeat.most if self.group.repeat else 1

    @property
    def add(self) -> str:
        """The label of the button for one more."""
        return self.group.repeat.add if self.group.repeat else ""

    def take(self, answers: Mapping[str, str]) -> None:
        """Take the number of copies from answers."""
        self.number = forms.copies(self.group, answers)

    def without(self, answers: Mapping[str, str], number: int) -> dict[str, str]:
        """Return answers without those of one copy."""
        return forms.without_copy(self.group, answers, number)

    def of_copy(self, answers: Mapping[str, str], number: int) -> dict[str, str]:
        """Return the answers of one copy, by the ids of the group as it is declared."""
        return forms.of_copy(self.group, answers, number)

    def with_copy(self, answers: Mapping[str, str], number: int, copy: Mapping[str, str]) -> dict[str, str]:
        """Return answers with one more copy at its number, or the last where there are fewer now."""
        return forms.with_copy(self.group, answers, min(number, self.number + 1), copy)

    def told(self, copy: Group) -> None:
        """Bring the head of a copy up to date."""
        self.heads = {
            key: head for key, head in self.heads.items() if int(key.rpartition(".")[2]) <= self.number
        }
        self.heads[copy.id].show_title(copy.title, removable=self.number > 1)


def copy_number(group: Group) -> int:
    """Return which copy of its group this is, from 1."""
    return int(group.id.rpartition(".")[2])


def repeats_of(form: Form) -> dict[str, Repeated]:
    """Return the repeating groups of a form, by id."""
    return {group.id: Repeated(group) for group in form.repeating}


def stops(
    form: Form, fields: Mapping[str, Field], repeats: Mapping[str, Repeated], first: Sequence[QWidget]
) -> list[QWidget]:
    """Return where Tab stops, in the order in which the questions stand: ``first``, then the form.

    Qt's own order is that in which widgets were made, and copies are made later than what stands below them.
    """
    chain: list[QWidget] = [*first]
    for group in form.groups:
        repeat = repeats.get(group.copy_of)
        for question in group.fields:
            editor = fields[question.id].editor
            chosen = editor.group.checkedButton() if isinstance(editor, RadioEditor) else None
            chain += [chosen or editor.parts()[0]] if isinstance(editor, RadioEditor) else editor.parts()
        if repeat is not None:
            chain.append(repeat.heads[group.id].remove)
            if repeat.bar is not None and copy_number(group) == repeat.number:
                chain += [repeat.bar.add, repeat.bar.undo]
    return [one for one in chain if one.isVisible() and one.isEnabled()]


def step(of: QWidget, chain: Sequence[QWidget], *, forward: bool) -> bool:
    """Move the focus to the next stop of ``of``, or out of it at its ends; return whether it moved."""
    now = application().focusWidget()
    if now is None or not of.isAncestorOf(now):
        return False
    place = next((n for n, one in enumerate(chain) if one is now or one.isAncestorOf(now)), None)
    if place is None:  # a radio button beside the chosen one
        place = next((n for n, one in enumerate(chain) if one.parentWidget() is now.parentWidget()), None)
    if place is None:
        return False
    place += 1 if forward else -1
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    if 0 <= place < len(chain):
        chain[place].setFocus(reason)
        return True
    outside = _along(now, forward=forward)
    for _ in range(MOST_WIDGETS):
        if outside is now:
            break
        tab = bool(outside.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if tab and outside.isVisible() and outside.isEnabled() and not of.isAncestorOf(outside):
            outside.setFocus(reason)
            return True
        outside = _along(outside, forward=forward)
    return False


def _along(widget: QWidget, *, forward: bool) -> QWidget:
    return (widget.nextInFocusChain() if forward else widget.previousInFocusChain()) or widget


class CopyHead(QWidget):
    """The heading of one copy, and the button that takes it away."""

    def __init__(self, group: Group) -> None:
        super().__init__()
        self.title = heading(group.title)
        self.remove = button("Remove", "link")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.title, 1)
        line.addWidget(self.remove)

    def show_title(self, title: str, *, removable: bool) -> None:
        """Show which copy of how many this is."""
        self.title.setText(title)
        self.remove.setAccessibleName(f"Remove {title.lower()}")
        self.remove.setVisible(removable)


class AddBar(QWidget):
    """One more copy; and after one was taken away, the way to put it back."""

    chosen = Signal()
    undone = Signal(int, dict)  # which copy, and its answers

    def __init__(self, label: str) -> None:
        super().__init__()
        self._number = 0
        self._kept: dict[str, str] = {}
        self.add = button(label)
        self.said = Words("", role="quiet", wrap=False)
        self.undo = button("Put it back", "link")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE.medium)
        for widget in (self.add, self.said, self.undo):
            line.addWidget(widget)
        line.addStretch(1)
        self.add.clicked.connect(lambda _on=False: self.chosen.emit())
        self.undo.clicked.connect(lambda _on=False: self._undo())
        self.offer_none()

    def allow(self, *, more: bool) -> None:
        """Allow one more copy, or no more."""
        self.add.setEnabled(more)
        self.undo.setEnabled(more)

    def offer_none(self) -> None:
        """Offer to put nothing back."""
        self.offer_undo(0, {}, "")

    def offer_undo(self, number: int, copy: Mapping[str, str], sentence: str) -> None:
        """Offer to put back a copy that was taken away."""
        self._number, self._kept = number, dict(copy)
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))
        self.undo.setVisible(bool(sentence))

    def _undo(self) -> None:
        number, kept = self._number, self._kept
        self.offer_none()
        if kept:
            self.undone.emit(number, kept)


class LawPanel(QFrame):
    """The law about one item, each sentence with its source; it reminds, and the pharmacist decides."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("tone", "act")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(*INSET.notice)
        self._layout.setSpacing(SPACE.tight)
        self._head = Words("The law on this item", bold=True)
        self._lines: list[Words] = []
        self._foot = Words(law.reminder(), role="quiet")
        self._layout.addWidget(self._head)
        self._layout.addWidget(self._foot)
        self.hide()

    def sentences(self) -> list[str]:
        """Return what is said now."""
        return [line.text() for line in self._lines]

    def show_said(self, said: Sequence[LawSaid]) -> None:
        """Show these sentences; none hides the panel."""
        texts = [_words(one) for one in said]
        if texts == self.sentences():
            return
        for line in self._lines:
            self._layout.removeWidget(line)
            line.deleteLater()
        self._lines = []
        for place, text in enumerate(texts, 1):
            line = Words(text)
            line.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
            self._layout.insertWidget(place, line)
            self._lines.append(line)
        tones = {one.tone for one in said}
        set_property(self, "tone", "stop" if "stop" in tones else "look" if "look" in tones else "act")
        self.setAccessibleName(". ".join((self._head.text(), *texts, self._foot.text())))
        self.setVisible(bool(texts))


def _words(said: LawSaid) -> str:
    tone = "Note" if said.tone == "tell" and not said.rule else TONES[said.tone]
    return f"{tone}: {sourced(said.sentence, said.source)}"
