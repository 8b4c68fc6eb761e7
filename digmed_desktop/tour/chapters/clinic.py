"""A clinic: a scan while typing; the lock that keeps the form."""

from collections.abc import Callable

from PySide6.QtCore import Qt

from digmed_desktop.clinical import nhs_number
from digmed_desktop.clinical.problem import Severity, told_first
from digmed_desktop.tour.moves import Moves
from digmed_desktop.tour.player import pause
from digmed_desktop.ui.context import FormStart
from digmed_desktop.ui.preview.preview_pane import WARNINGS

PACK = "0109501101530003172705311012AB77"  # GS1's example product: batch 12AB77, expiry 31 May 2027


class Clinic:
    """Chapters about the counter."""

    def __init__(self, moves: Moves) -> None:
        self.moves, self.player, self.window = moves, moves.player, moves.window

    def chapters(self) -> tuple[Callable[[], None], ...]:
        """Return them in order."""
        return (self.warned, self.scan, self.locked)

    def warned(self) -> None:
        """Somebody who had this vaccine already: said when patient and session meet, before anything is given."""
        player, form = self.player, self.moves.form()
        patient = self.moves.practice.patients[0]
        player.key(Qt.Key.Key_F9)
        player.wait_for("the search", lambda: self.moves.focus_name() == "Find the patient")
        player.keys(nhs_number.digits(patient.answers["patient.nhs_number"]) or "")
        player.key(Qt.Key.Key_Return)
        told = "second dose of the season"

        def warnings_shown() -> str:
            return " ".join(alert.problem.sentence for alert in form.alerts.alerts)

        player.wait_for("the warning", lambda: told in warnings_shown())  # the expired batch is said at once
        player.step(
            "found a patient who had this vaccine today",
            told,
            warnings_shown,
            "alert",
        )
        tabs, found = form.preview.tabs, form.preview.preview.problems
        warnings = sum(one.severity is Severity.LOOK for one in told_first(found))
        player.step(
            "looked at the tabs: it is counted, and no outcome is stated yet",
            f"Warnings {warnings}, outcome: ",
            lambda: (
                f"{tabs.tabText(tabs.indexOf(form.preview.lists[WARNINGS]))}, outcome: "
                + form.form.answers()["vaccine.outcome"]
            ),
        )

    def scan(self) -> None:
        """A scan while typing: the field stays as it is, the pack is filled in, a new barcode is asked about once."""
        player, form = self.player, self.moves.form()
        player.key(Qt.Key.Key_F9)
        form.focus_field("patient.family")
        player.keys("Half ty")
        player.scan(PACK)
        player.wait_for("the question which vaccine it is", form.scan_panel.product_field.isVisible)
        player.step(
            "scanned a pack in the middle of a name",
            "Half ty",
            lambda: form.form.answers()["patient.family"],
            "scanned",
        )
        form.scan_panel.product.focus()
        player.keys("aTIV, adjuvanted")
        player.key(Qt.Key.Key_Tab)
        player.click(form.scan_panel.use)
        player.wait_for("the batch", lambda: form.form.answers()["vaccine.batch"] == "12AB77")
        player.step(
            "said once which vaccine the barcode is",
            "12AB77",
            lambda: form.form.answers()["vaccine.batch"],
            "scanned-pack",
        )

    def locked(self) -> None:
        """The lock keeps the form, and a draft is in the list."""
        player, window, form = self.player, self.window, self.moves.form()
        typed = form.form.answers()["patient.family"]
        player.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        player.wait_for("the lock", window.sign_in.isVisible)
        window.sign_in.choose(window.context.people[0])
        player.keys(self.moves.practice.pins[0][1])
        player.key(Qt.Key.Key_Return)
        player.wait_for("a page behind the lock", lambda: window.rail.isVisible())
        player.step("locked and came back", typed, lambda: form.form.answers()["patient.family"])
        player.key(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
        player.wait_for("the drafts", lambda: "unfinished" in player.visible_text())
        player.step("looked at the drafts", "unfinished", player.visible_text, "drafts")
        window.begin_form(FormStart("vaccination"))
        pause(100)
