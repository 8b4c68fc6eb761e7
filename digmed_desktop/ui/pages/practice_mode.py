"""Practice mode's own page: fictional patients, a clock that can be moved, a MESH that can be unplugged."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from digmed_desktop.clinical import dates
from digmed_desktop.ui.context import Context, FormStart, PracticePatient
from digmed_desktop.ui.pages.page import ColumnPage, button
from digmed_desktop.ui.widgets.problem_summary import LinkButton
from digmed_desktop.ui.widgets.words import Notice, Words, quiet, row

OFFLINE_SECONDS = 20.0


class PracticePage(ColumnPage):
    """Everything here is fictional; nothing can leave this computer."""

    clock_moved = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(
            "Practice mode",
            "A MESH of its own runs on this computer, with a fictional pharmacy and fictional practices that answer. "
            "Nothing can reach a real practice. No real patient may be entered.",
        )
        controls = context.practice
        if controls is None:
            raise ValueError("this page belongs to practice mode")
        self._context, self._controls = context, controls
        self.body.addWidget(
            Notice("act", f"The key of these fictional records is kept in {context.kept_in}.", "The key")
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
        lose = button("Lose MESH's next answer")
        lose.clicked.connect(
            lambda: context.office.run(lambda: controls.lose_answer(OFFLINE_SECONDS), lambda _n: None)
        )
        self.card(
            "When the internet fails",
            quiet("Notifications wait and go out by themselves afterwards."),
            row(unplug, None),
            quiet(
                "Or the line breaks just after MESH took the next one: whether it did is looked up, "
                "and nothing is sent twice."
            ),
            row(lose, None),
        )
        self.card(
            "Patients to practise with",
            quiet("Each shows another outcome. Choose one to fill in the form."),
            *self._patients(),
        )
        self.arrive()

    def arrive(self) -> None:
        """Show the time."""
        self.clock.setText(f"It is {dates.shown_time(self._controls.now())}.")

    def _patients(self) -> list[QWidget]:
        lines: list[QWidget] = []
        for patient in self._controls.patients:
            choose = LinkButton(patient.name)
            choose.setToolTip("Fill in the form with this patient")
            choose.clicked.connect(lambda _on=False, p=patient: self._choose(p))
            told = QWidget()
            column = QVBoxLayout(told)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(1)
            column.addWidget(choose)
            column.addWidget(Words(patient.label, bold=True))
            column.addWidget(quiet(patient.shows))
            lines.append(told)
        return lines

    def _choose(self, patient: PracticePatient) -> None:
        self._context.navigate.to_form.emit(FormStart("vaccination", patient.answers))

    def _move(self, hours: float) -> None:
        self._context.office.run(lambda: self._controls.move_clock(hours), lambda _n: self._moved())

    def _moved(self) -> None:
        self.arrive()
        self._context.office.deliver_now()
        self.clock_moved.emit()
