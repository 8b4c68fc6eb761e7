"""Practice mode's own page: fictional patients, a clock that can be moved, a MESH that can be unplugged."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from digmed_desktop.clinical import dates
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.ui.context import Context, FormStart, PracticePatient
from digmed_desktop.ui.pages.page import ColumnPage, button
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.problem_summary import LinkButton
from digmed_desktop.ui.widgets.words import Notice, Words, quiet, row

OFFLINE_SECONDS = 20.0
_USE_CLIENT, _NO_CLIENT = "Send through a simulated MESH client", "Send to MESH directly"
_STOP_CLIENT, _START_CLIENT = "Stop the simulated client", "Start the simulated client"


class PracticePage(ColumnPage):
    """Everything here is fictional; nothing can leave this computer."""

    clock_moved = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(
            "Practice mode",
            "A separate MESH runs on this computer, with a fictional pharmacy and fictional practices that answer. "
            "Nothing can reach a real practice. No real patient may be entered.",
        )
        controls = context.practice
        if controls is None:
            raise ValueError("this page belongs to practice mode")
        self._context, self._controls = context, controls
        self.body.addWidget(
            Notice("act", f"The key of these fictional records is in {context.kept_in}.", "The key")
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
        lose = button("Simulate a lost reply from MESH")
        lose.clicked.connect(
            lambda: context.office.run(lambda: controls.lose_answer(OFFLINE_SECONDS), lambda _n: None)
        )
        self.card(
            "When the internet fails",
            quiet("Notifications wait and go out automatically afterwards."),
            row(unplug, None),
            quiet(
                "Or the line breaks just after MESH took the next one: the program asks MESH if it did, and "
                "sends nothing twice."
            ),
            row(lose, None),
        )
        self.client = button(_USE_CLIENT)
        self.client.clicked.connect(self._switch)
        self.stopped = button(_STOP_CLIENT)
        self.stopped.clicked.connect(self._stop)
        self.stopped.setVisible(False)
        self.told = Words("")
        self.card(
            "Through the MESH client",
            quiet(
                "Many pharmacies' IT support runs NHS England's MESH client, which sends and collects through "
                "folders. You can put a simulated one between this program and MESH."
            ),
            self.told,
            row(self.client, self.stopped, None),
        )
        self._uses_client = self._is_stopped = False
        self._show_client()
        self.card(
            "Patients to practise with",
            quiet("Each shows a different outcome. Choose one to fill in the form."),
            *self._patients(),
        )
        self.arrive()

    def arrive(self) -> None:
        """Show the time."""
        self.clock.setText(f"It is {dates.shown_time(self._controls.now())}.")

    def _switch(self) -> None:
        """Put the simulated client in between or take it away, when nothing of the old way is uncertain."""
        wanted = not self._uses_client

        def switch(desk: Any) -> None:
            desk.connection.refuse_while_unsure()
            self._controls.use_client(wanted)

        self.client.setEnabled(False)
        self._context.office.ask(switch, lambda _n: self._switched(wanted), self._not_switched)

    def _switched(self, uses: bool) -> None:
        self._uses_client, self._is_stopped = uses, False
        self._context.office.renew_delivery()
        self._show_client()

    def _not_switched(self, error: DigMedError) -> None:
        self.client.setEnabled(True)
        self.told.setText(str(error))

    def _stop(self) -> None:
        wanted = not self._is_stopped
        self._context.office.run(
            lambda: self._controls.stop_client(wanted), lambda _n: self._stopped(wanted), self._not_switched
        )

    def _stopped(self, is_stopped: bool) -> None:
        self._is_stopped = is_stopped
        self._show_client()

    def _show_client(self) -> None:
        self.client.setEnabled(True)
        self.client.setText(_NO_CLIENT if self._uses_client else _USE_CLIENT)
        self.stopped.setVisible(self._uses_client)
        self.stopped.setText(_START_CLIENT if self._is_stopped else _STOP_CLIENT)
        how = "The simulated client is stopped: notifications wait in its folder OUT, and can be cancelled."
        if not self._is_stopped:
            how = (
                "Notifications go through its folders."
                if self._uses_client
                else "Notifications go to MESH directly."
            )
        self.told.setText(how)

    def _patients(self) -> list[QWidget]:
        lines: list[QWidget] = []
        for patient in self._controls.patients:
            choose = LinkButton(patient.name)
            choose.setToolTip("Fill in the form with this patient")
            choose.clicked.connect(lambda _on=False, p=patient: self._choose(p))
            told = QWidget()
            column = QVBoxLayout(told)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(SPACE.hair)
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
