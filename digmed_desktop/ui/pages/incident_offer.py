"""The offer under a described reaction: to record an incident, with what the form says already."""

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QVBoxLayout, QWidget

from digmed_desktop.ui.context import Context, IncidentStart
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import quiet

_SAID = (
    "An incident lists what to do now and where to report. It stays in this pharmacy: the practice reads the "
    "description above and nothing else."
)


class IncidentOffer(QWidget):
    """Takes patient, batch, date and description along; the form stays as it is."""

    def __init__(self, context: Context, answers: Callable[[], Mapping[str, str]]) -> None:
        super().__init__()
        self._context, self._answers = context, answers
        self.begin = button("Record an incident …")
        self.begin.clicked.connect(self._begin)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE.hair, 0, SPACE.hair)
        layout.setSpacing(SPACE.tight)
        layout.addWidget(quiet(_SAID))
        layout.addWidget(flow(self.begin))

    def _begin(self) -> None:
        typed = self._answers()
        name = " ".join(typed.get(key, "").strip() for key in ("patient.given", "patient.family"))
        known = {
            "logged.person": name.strip(),
            "logged.nhs_number": typed.get("patient.nhs_number", ""),
            "logged.batches": typed.get("vaccine.batch", ""),
            "logged.date": typed.get("contact.date", ""),
            "logged.what": typed.get("after.adverse_note", ""),
        }
        self._context.navigate.to_incident.emit(IncidentStart(answers=known))
