"""The pharmacy as practices see it: name, ODS code, address, telephone."""

from collections.abc import Sequence

from digmed_desktop.clinical.problem import Problem
from digmed_desktop.desk.views.general import Opened
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import ColumnPage, button
from digmed_desktop.ui.pages.people import pharmacy_fields
from digmed_desktop.ui.widgets.words import Notice, row


class PharmacySection(ColumnPage):
    """Changes what the next notification says of the pharmacy; those already sent stay as they are."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            "Pharmacy",
            "Practices see this on every notification. Those already sent stay as they were.",
        )
        self._context = context
        details = self.card("", *pharmacy_fields())
        self.said = Notice("done")
        self.said.setVisible(False)
        self.body.addWidget(self.said)
        self.save = button("Save the pharmacy", "primary")
        self.save.clicked.connect(self._save)
        save = row(self.save, None)
        self.body.addWidget(save)
        self.only_for(context.acting, Permission.CHANGE_PHARMACY, details, save)

    def arrive(self) -> None:
        """Show the pharmacy as it is kept."""
        self.said.setVisible(False)
        self.expect_kept()
        self._context.office.ask(lambda desk: desk.people.pharmacy_answers(), self._show)

    def _show(self, answers: dict[str, str]) -> None:
        self.show_kept(answers)
        self.tell([])

    def _save(self) -> None:
        answers = self.answers()
        self.save.setEnabled(False)
        self._context.office.ask(
            lambda desk: desk.people.change_pharmacy(answers), self._saved, self._not_saved
        )

    def _saved(self, problems: Sequence[Problem]) -> None:
        self.save.setEnabled(True)
        if self.tell(problems):
            self._context.office.ask(lambda desk: desk.opened(), self._told)

    def _told(self, found: Opened) -> None:
        if found.pharmacy is not None:
            self._context.pharmacy = found.pharmacy
        self.said.say("The next notification says so.", "Saved", "done")
        self.said.setVisible(True)
        self.save.setFocus()

    def _not_saved(self, error: Exception) -> None:
        self.save.setEnabled(True)
        self.tell([Problem("", str(error))])
