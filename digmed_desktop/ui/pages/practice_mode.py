"""Practice mode's own page: fictional patients, a clock that can be moved, a MESH that can be unplugged."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from digmed_desktop.clinical import dates
from digmed_desktop.ui.context import Context, PracticeControls, PracticePatient
from digmed_desktop.ui.pages.page import ColumnPage, button
from digmed_desktop.ui.widgets.words import Notice, Words, quiet, row

OFFLINE_SECONDS = 20.0


class PracticePage(ColumnPage):
    """Everything here is fictional; nothing can leave this computer."""

    chosen = Signal(object)  # PracticePatient
    clock_moved = Signal()

    def __init__(self, context: Context, controls: PracticeControls, kept_in: str) -> None:
        super().__init__(
            "Practice mode",
            "A MESH of its own runs on this computer, with a fictional pharmacy and fictional practices that answer. "
            "Nothing can reach a real practice. No real patient may be entered.",
        )
        self._context, self._controls = context, controls
        self.body.addWidget(
            Notice("act", f"The key of these fictional records is kept in {kept_in}.", "The key")
        )
        self.card(
            "Patients to practise with",
            quiet("Each shows another outcome. Choose one to fill in the form."),
            self._patients(),
        )
        self.clock = Words("")
        day = button("Move the clock 1 day")
        five = button("Move the clock 5 days")
        day.clicked.connect(lambda: self._move(24.0))
        five.clicked.connect(lambda: self._move(24.0 * 5))
        self.card("The clock of practice mode", self.clock, row(day, five, None))
        unplug = button(f"Unplug MESH for {OFFLINE_SECONDS:.0f} seconds")
        unplug.clicked.connect(
            lambda: context.office.run(
                lambda: controls.go_offline(OFFLINE_SECONDS), lambda _n: context.office.deliver_now()
            )
        )
        self.card(
            "When the internet fails",
            quiet("Notifications wait and go out by themselves afterwards."),
            row(unplug, None),
        )
        self.arrive()

    def arrive(self) -> None:
        """Show the time."""
        self.clock.setText(f"It is {dates.shown_time(self._controls.now())}.")

    def _patients(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for place, patient in enumerate(self._controls.patients):
            choose = button(patient.name)
            choose.clicked.connect(lambda _on=False, p=patient: self._choose(p))
            told = QWidget()
            column = QVBoxLayout(told)
            column.setContentsMargins(0, 0, 0, 6)
            column.setSpacing(0)
            column.addWidget(Words(patient.label, bold=True))
            column.addWidget(quiet(patient.shows))
            grid.addWidget(choose, place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(told, place, 1)
        return holder

    def _choose(self, patient: PracticePatient) -> None:
        self.chosen.emit(patient)

    def _move(self, hours: float) -> None:
        self._context.office.run(lambda: self._controls.move_clock(hours), lambda _n: self._moved())

    def _moved(self) -> None:
        self.arrive()
        self._context.office.deliver_now()
        self.clock_moved.emit()
