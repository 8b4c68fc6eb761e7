"""Patient first: one box that finds who was seen here before, and the doses this pharmacy recorded for them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from digmed_desktop.clinical import dates, identity, nhs_number
from digmed_desktop.desk.views.general import Fit
from digmed_desktop.messaging.wording import counted
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.search_box import Hit, SearchBox
from digmed_desktop.ui.widgets.words import Words, announce

if TYPE_CHECKING:
    from digmed_desktop.desk.views.general import DoseView, PatientView

ONLY_SIMILAR = (
    "Nobody with this name has been here before. Press ↓ and Enter to take a similar name. To type the details of a new "
    "patient, press Enter."
)
RECORDED_HERE = "Previous doses recorded by this pharmacy"
MOST_DOSES = 3
"""Doses that are shown at once: more would push the questions out of view."""
_WHO = ("patient.nhs_number", "patient.date_of_birth", "patient.given", "patient.family")


class PatientSearch(QWidget):
    """Stands on top of a form. :attr:`chosen` carries the answers about a patient, :attr:`passed` says: type on."""

    chosen = Signal(dict)
    passed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.box = SearchBox(
            "patient.search",
            "Find the patient",
            "NHS number, name or date of birth; or scan. Press Enter to select.",
            "Patients found",
        )
        self.doses = Words("", role="quiet")
        self.doses.setVisible(False)
        self.all_doses = button("Show all", "link")
        self.all_doses.setVisible(False)
        self.all_doses.clicked.connect(self._show_all_doses)
        self._doses: tuple[str, ...] = ()
        self.unfinished = Words("")
        self.unfinished.setProperty("ink", "look")
        self.unfinished.setVisible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box)
        layout.addWidget(self.doses)
        layout.addWidget(self.all_doses, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.unfinished)
        self.box.wanted.connect(self._search)
        self.box.taken.connect(self._take)
        self.box.nothing_taken.connect(self._none)
        self._who: tuple[str, ...] = ()
        self._told_of: tuple[str, ...] = ()

    def focus(self) -> None:
        """Put the cursor in the box."""
        self.box.editor.focus()

    def clear(self) -> None:
        """Forget whom was searched."""
        self.box.clear()
        self._who = ()
        self._hide_doses()
        self.say_unfinished("")

    def say_unfinished(self, sentence: str) -> None:
        """Say that another form of this patient waits under Drafts, and read it out when it is new."""
        if sentence and sentence != self.unfinished.text():
            announce(self, sentence)
        self.unfinished.setText(sentence)
        self.unfinished.setVisible(bool(sentence))

    def scanned(self, number: str) -> None:
        """Search for a scanned NHS number and take the patient, known or new."""
        self.box.search(nhs_number.shown(number), take_only=True)

    def follow(self, answers: Mapping[str, str]) -> None:
        """Show the doses recorded for the patient of these answers, when that is another than before."""
        who = _who(answers)
        if who == self._who:
            return
        self._who = who
        now = identity.identity_of(answers, self._context.now().astimezone(dates.ENGLAND).date())
        # the box says what it is for, the banner whose form it is
        self.box.field.label.setVisible(not now.known())
        if not (now.nhs_number or (now.family and now.born)):  # of whom nothing can be looked up
            self._hide_doses()
            return
        kept = dict(answers)
        self._context.office.ask(
            lambda desk: desk.counter.dose_views(kept), lambda doses: self._show_doses(who, doses)
        )

    def tells_of(self, answers: Mapping[str, str]) -> bool:
        """Whether the doses recorded for the patient of these answers are the ones shown."""
        return self.doses.isVisible() and self._told_of == self._who == _who(answers)

    def _search(self, text: str) -> None:
        self._context.office.ask(
            lambda desk: desk.patients.search(text), lambda found: self._found(text, found)
        )

    def _found(self, text: str, found: "Sequence[PatientView]") -> None:
        named = Counter(identity.folded(one.name) for one in found if one.fit is not Fit.SIMILAR)
        hits = [
            Hit(self._label(one), one, fit=one.fit, alike=named[identity.folded(one.name)] > 1)
            for one in found
        ]
        self.box.show_hits(
            text, hits, ONLY_SIMILAR if hits else "No match: press Enter to add a new patient."
        )

    def _label(self, one: "PatientView") -> str:
        name = self._context.made.name(one.given, one.family)
        parts = (name, dates.shown(one.born), self._context.made.number(one.nhs_number))
        return " · ".join(part for part in parts if part)

    def _take(self, one: "PatientView") -> None:
        self.box.clear()
        self.chosen.emit(dict(one.answers))

    def _none(self, text: str) -> None:
        """Put a whole NHS number or date into its field if nobody was found; leave anything else to be read."""
        answers: dict[str, str] = {}
        if text and nhs_number.sentence_about(text) is None:
            answers["patient.nhs_number"] = text
        elif text and (day := dates.split_typed(text, self._context.now().date())):
            answers["patient.date_of_birth"] = "/".join(day)
        if answers:
            self.box.clear()
            self.chosen.emit(answers)
        else:
            self.passed.emit()

    def _show_doses(self, who: tuple[str, ...], doses: "Sequence[DoseView]") -> None:
        if who != self._who:
            return
        self._doses = tuple(
            f"{dates.shown(one.on)} {one.product}" + (f", batch {one.batch}" if one.batch else "")
            for one in doses
        )
        self._told_of = who
        more = len(self._doses) > MOST_DOSES
        self.all_doses.setText(f"Show all {counted(len(self._doses), 'dose', 'doses')}")
        self.all_doses.setAccessibleName(self.all_doses.text())
        self.all_doses.setVisible(more)
        self._say_doses(self._doses[:MOST_DOSES])

    def _hide_doses(self) -> None:
        self.doses.setVisible(False)
        self.all_doses.setVisible(False)

    def _show_all_doses(self) -> None:
        self.all_doses.setVisible(False)
        self._say_doses(self._doses)

    def _say_doses(self, told: Sequence[str]) -> None:
        self.doses.setText(f"{RECORDED_HERE}: {'; '.join(told) or 'none'}")
        self.doses.setVisible(True)


def _who(answers: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(answers.get(key, "") for key in _WHO)
