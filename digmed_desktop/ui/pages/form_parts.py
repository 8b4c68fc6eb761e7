"""The parts of a form's page and where they stand: what is said above the form, the form, the preview, the footer."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from digmed_desktop.clinical.form import load
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.forms.alerts import Alerts
from digmed_desktop.ui.forms.correction_band import CorrectionBand
from digmed_desktop.ui.forms.form_view import FormView
from digmed_desktop.ui.forms.one_person import OnePerson
from digmed_desktop.ui.forms.patient_search import PatientSearch
from digmed_desktop.ui.forms.practice_search import PracticeSearch
from digmed_desktop.ui.forms.reach_line import ReachLine
from digmed_desktop.ui.forms.scan_panel import ScanPanel
from digmed_desktop.ui.forms.warning_line import WarningLine
from digmed_desktop.ui.pages.base import Page
from digmed_desktop.ui.pages.form_footer import FormFooter
from digmed_desktop.ui.preview.preview_pane import PreviewPane

SPLIT_SHARES = (680, 400)  # of the form, and of what the practice reads


class FormParts(Page):
    """Makes the parts of one form's page and lays them out; a form page says what they do."""

    FORM = ""  # the form's id: its questions are resources/forms/<id>.toml

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._lists = context.lists[self.FORM]
        self.search = PatientSearch(context)
        self.scan_panel = ScanPanel(context)
        self.person = OnePerson(context)
        self.band = CorrectionBand(context)
        self.practice_search = PracticeSearch(context)
        self.alerts = Alerts()
        self.form = self.make_form((self.search, self.alerts), {"practice": self.practice_search})
        self.warning = WarningLine(self.alerts, self.form)
        self.reach = ReachLine(context, Kind.of_form(self.FORM))
        self.form.fields["practice.ods_code"].add_below(self.reach)
        self.preview = PreviewPane(context.appearance)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QWidget()  # what a scan says stays in view, wherever the form is scrolled to
        stacked = QVBoxLayout(column)
        stacked.setContentsMargins(0, 0, 0, 0)
        stacked.setSpacing(0)
        stacked.addWidget(self.scan_panel)
        stacked.addWidget(self.person)
        stacked.addWidget(self.warning)
        stacked.addWidget(self.form, 1)
        self.splitter.addWidget(column)
        self.splitter.addWidget(self.preview)
        self.splitter.setStretchFactor(0, 1)  # what a wide window adds is the form's
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes(SPLIT_SHARES)
        self.footer = FormFooter()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.band)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.footer)

    def make_form(self, top: tuple[QWidget, ...], before: dict[str, QWidget]) -> FormView:
        """Return the form as it is drawn, group by group."""
        return FormView(load(self.FORM), self._lists.lists, self._context.now, top=top, before=before)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the preview away where form and preview do not fit side by side."""
        super().resizeEvent(event)
        em = self.fontMetrics().horizontalAdvance("m")
        self.preview.setVisible(self.width() >= em * 62)
        self.footer.fit(roomy=self.width() >= em * 56)
