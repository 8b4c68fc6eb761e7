"""Show the patient of the form or record in view: it never scrolls away, and it obeys the privacy setting."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from digmed_desktop.clinical import dates, identity, nhs_number
from digmed_desktop.clinical.problem import Problem, Severity, told_first
from digmed_desktop.clinical.record import Allergies, Patient
from digmed_desktop.messaging.story import NotificationRow
from digmed_desktop.ui import clipboard
from digmed_desktop.ui.choices_made import ChoicesMade
from digmed_desktop.ui.tokens import INSET, SIZE, SPACE, TYPE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.flow import FlowLayout
from digmed_desktop.ui.widgets.words import Words, breakable

NOBODY = "No patient chosen"
NEW = "New patient"
NUMBER = "NHS number"
COPY, COPY_KEY = "Copy the NHS number", "Ctrl+Shift+C"
COPIED = "NHS number copied"
GOES = "The lock clears it from the clipboard."
IN_LINE = {"Born": "Born {}", NUMBER: "NHS {}", "Sex": "{}", "Allergies": "Allergies: {}"}
"""How a fact is said where its label has no line of its own; the practice stands on the form."""
LONG_WORD_WHEN_LARGE = 12  # letters
SHORT_WHEN_LARGE = 24
SHORT = 30  # letters that have room on one line in the narrowest window
SEXES = {"female": "Female", "male": "Male", "other": "Indeterminate", "unknown": "Not known"}
ALLERGIES = {
    "none-known": "None known",
    "no-drug-allergy": "No drug allergy",
    "not-available": "Unable to obtain",
}


@dataclass(frozen=True, slots=True, repr=False)
class BannerView:
    """The content of the banner. Patient data. ``facts`` are labels and values; ``alert`` says what matters now."""

    name: str = NOBODY
    facts: tuple[tuple[str, str], ...] = ()
    alert: str = ""
    number: str = ""  # ten digits, to be copied


def banner_of(
    answers: Mapping[str, str], problems: Sequence[Problem], today: date, made: ChoicesMade
) -> BannerView:
    """Return what a form says of its patient; initials and the end of the number where onlookers could read it."""
    given, family = answers.get(identity.GIVEN, "").strip(), answers.get(identity.FAMILY, "").strip()
    number = nhs_number.digits(answers.get(identity.NUMBER, "")) or ""
    private = made.now.privacy
    born = dates.of_answer(answers.get(identity.BORN, ""), today, past=True)
    facts = (
        ("Born", _born(born, today, private=private)),
        (NUMBER, made.number(number)),
        ("Sex", SEXES.get(answers.get("patient.sex", ""), "")),
        (
            "GP practice",
            answers.get("practice.name", "").strip()
            if answers.get("practice.registered") != "no"
            else "None",
        ),
        ("Allergies", _allergies(answers)),
    )
    known = tuple((label, text) for label, text in facts if text)
    name = made.name(given, family)
    started = identity.is_somebodys(answers)
    return BannerView(
        name or (NEW if started else NOBODY),
        known if started else (),
        _alert(problems) if started else "",
        number if started else "",
    )


def banner_of_record(
    row: NotificationRow, patient: Patient, allergies: Allergies, today: date, made: ChoicesMade
) -> BannerView:
    """Return what a stored record says of its patient, as the privacy setting lets it be read."""
    private = made.now.privacy
    family, _, given = row.patient_name.partition(", ")
    known = ALLERGIES.get(allergies.status.value if allergies.status else "", "")
    facts = (
        ("Born", _born(patient.date_of_birth, today, private=private)),
        (NUMBER, made.number(row.nhs_number) or "None recorded"),
        ("Sex", SEXES.get(patient.sex.value, "") if patient.sex else ""),
        ("GP practice", row.practice_name),
        (
            "Allergies",
            _agents(one.agent.display for one in allergies.entries) if allergies.entries else known,
        ),
    )
    name = made.name(given, family) if private else row.patient_name
    alert = "Action needed" if row.needs_person else ""
    return BannerView(name, tuple((label, text) for label, text in facts if text), alert, row.nhs_number)


def _alert(problems: Sequence[Problem]) -> str:
    """Return how many stops and warnings there are, counted as everywhere else."""
    told = told_first(problems)
    warnings = sum(p.severity is Severity.LOOK for p in told)
    counts = ((len(told) - warnings, "stop"), (warnings, "warning"))
    return ", ".join(f"{n} {what}{'s' if n > 1 else ''}" for n, what in counts if n)


def _born(born: date | None, today: date, *, private: bool) -> str:
    if born is None or born > today:
        return ""
    years = dates.age(born, today)
    age = f"{years} years" if years != 1 else "1 year"
    return age if private else f"{dates.shown(born)} ({age})"


def _allergies(answers: Mapping[str, str]) -> str:
    status = answers.get("allergies.status", "")
    if status == "recorded":
        return _agents(line.partition(":")[0] for line in answers.get("allergies.entries", "").split("\n"))
    return ALLERGIES.get(status, "")


def _agents(named: Iterable[str]) -> str:
    return "⚠ " + (", ".join(agent.strip() for agent in named if agent.strip()) or "yes")


def _show_whole(words: Words, text: str, *, compact: bool = False) -> None:
    """Show a text on one line while it is short; a long one wraps, within a long word too."""
    words.setWordWrap(len(text) > (SHORT_WHEN_LARGE if compact else SHORT))
    words.setText(breakable(text, LONG_WORD_WHEN_LARGE) if compact else breakable(text))


def _beside(holder: QWidget, widget: QWidget) -> None:
    """Put a widget beside a fact."""
    line = holder.layout()
    if line is not None and widget.parentWidget() is not holder:
        line.addWidget(widget)


class PatientBanner(QFrame):
    """Shows a :class:`BannerView` over the page; :attr:`copied` says that the number was copied."""

    copied = Signal(str, str)  # what to say of it

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.name = Words(NOBODY, TYPE.heading, bold=True, wrap=False)
        self.alert = Words("", bold=True, wrap=False, role="alert")
        self._holder = QWidget()
        self.alert_in_line = Words("", bold=True, role="alert")  # large text has no room beside the facts
        self.alert_in_line.setParent(self._holder)
        self.alert_in_line.hide()
        self._flow = FlowLayout(self._holder, SPACE.large, lines=SPACE.hair)
        policy = self._holder.sizePolicy()
        policy.setHeightForWidth(True)
        self._holder.setSizePolicy(policy)
        _holder, self._label_of_name = self._fact("Patient", self.name)
        line = self._line = QHBoxLayout(self)
        line.setContentsMargins(*INSET.slim)
        line.setSpacing(SPACE.medium)
        line.addWidget(self._holder, 1)
        line.addWidget(self.alert, 0, Qt.AlignmentFlag.AlignVCenter)
        self.copy = button("", "ident", tip=f"{COPY} ({COPY_KEY})", icon_name="copy")
        self.copy.setAccessibleName(COPY)
        self.copy.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its key presses it: no form begins with it
        self.copy.clicked.connect(self._copy)
        QShortcut(QKeySequence(COPY_KEY), self, self._copy)
        self._facts: list[tuple[QWidget, Words, Words]] = []
        self._view = BannerView()
        self.alert.hide()
        self.show_view(BannerView())

    def show_view(self, view: BannerView) -> None:
        """Show who it is."""
        self._view = view
        compact = self.fontMetrics().height() >= SIZE.large
        shown = list(view.facts)
        if compact:
            shown = [(label, IN_LINE[label].format(text)) for label, text in shown if label in IN_LINE]
            shown = [(label, text.replace(" years)", "y)").replace(" year)", "y)")) for label, text in shown]
        self._line.setContentsMargins(
            SPACE.wide, 0 if compact else SPACE.tight, SPACE.large, 0 if compact else SPACE.tight
        )
        _show_whole(self.name, view.name, compact=compact)
        self._label_of_name.setVisible(not compact)
        while len(self._facts) < len(shown):
            self._add()
        for place, (holder, label, value) in enumerate(self._facts):
            if place < len(shown):
                label.setText(shown[place][0])
                _show_whole(value, shown[place][1], compact=compact)
                if shown[place][0] == NUMBER:
                    _beside(holder, self.copy)
            label.setVisible(not compact)
            holder.setVisible(place < len(shown))
        self.copy.setVisible(bool(view.number) and any(label == NUMBER for label, _text in shown))
        self.alert.setText(f"⚠ {view.alert}")
        self.alert.setVisible(bool(view.alert) and not compact)
        _show_whole(self.alert_in_line, self.alert.text(), compact=compact)
        self.alert_in_line.setVisible(bool(view.alert) and compact)
        said = "; ".join(f"{label} {text}" for label, text in view.facts)
        self.setAccessibleName(
            ". ".join(part for part in (f"Patient: {view.name}", said, view.alert) if part)
        )
        self._holder.updateGeometry()

    def _add(self) -> None:
        value = Words("", bold=True, wrap=False)
        self._facts.append((*self._fact("", value), value))

    def _fact(self, title: str, value: Words) -> tuple[QWidget, Words]:
        """Put a value into the banner under its label; return what holds both, and the label."""
        holder = QWidget(self._holder)
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE.tight)
        column = QVBoxLayout()
        column.setSpacing(0)
        line.addLayout(column)
        label = Words(title, TYPE.small, wrap=False, role="label")
        column.addWidget(label)
        column.addWidget(value)
        self._flow.removeWidget(self.alert_in_line)  # it stands last
        self._flow.addWidget(holder)
        self._flow.addWidget(self.alert_in_line)
        return holder, label

    def _copy(self) -> None:
        """Copy the number that is shown; the clipboard's marks and the lock take care of it."""
        if self._view.number:
            clipboard.put_text(self._view.number)
            self.copied.emit(COPIED, GOES)
