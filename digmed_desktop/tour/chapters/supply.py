"""The emergency supply: insulin and pen needles over Easter, the message to the practice, and the register."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from digmed_desktop.clinical.problem import Severity
from digmed_desktop.messaging.states import State
from digmed_desktop.tour.moves import Moves
from digmed_desktop.tour.player import TourError, pause
from digmed_desktop.ui.pages.register import RegisterPage
from digmed_desktop.ui.pages.supply import SupplyPage
from digmed_desktop.ui.widgets.medicine import MedicineEditor

NHS_NUMBER = "9994000195"  # of the fictional patient of this chapter
WHO_ASKS = {"request.asked_by": "nhs-111", "request.reference": "111-4711"}
CONSULTATION = {
    "patient.traced": "scr",
    "patient.identity_checked": "yes",
    "contact.collector": "patient",
    "contact.method": "face-to-face",
    "conditions.interviewed": "yes",
    "conditions.interviewed_who": "patient",
    "conditions.prescription_waiting": "none",
    "conditions.immediate_need": "yes",
    "contact.reason": "Insulin and needles left on the train. The practice is closed over Easter.",
    "conditions.previously_prescribed": "yes",
    "conditions.dose_appropriate": "yes",
    "conditions.seen_in": "scr",
    "decision.outcome": "supplied",
}
INSULIN = {
    "item.1.legal_class": "pom",
    "item.1.schedule": "none",
    "item.1.preparation": "insulin",
    "item.1.pack": "smallest",
    "item.1.directions": "Inject 12 units twice a day",
    "item.1.quantity": "2",
    "item.1.days": "14",
}
NEEDLES = {
    "item.2.directions": "Use a new needle for each injection",
    "item.2.quantity": "28",
    "item.2.days": "14",
}
AFTER = {
    "consent.to_treatment": "yes",
    "consent.to_sharing": "yes",
    "consent.given_by": "patient",
    "allergies.status": "none-known",
    "after.advice": "Order repeat prescriptions a week before holidays.",
    "after.plan_for_professionals": "Please consider electronic repeat dispensing.",
    "after.plan_for_patient": "Ask the practice for the next prescription on Tuesday.",
    "after.history": "Type 2 diabetes",
}
MOST_TABS = 200


class Chapters:
    """Played in this order."""

    def __init__(self, moves: Moves) -> None:
        self.moves, self.player, self.window = moves, moves.player, moves.window

    def insulin_over_easter(self) -> None:
        """Emergency supply: insulin and pen needles after NHS 111, typed by keyboard, sent, matched."""
        player, page = self.player, self._page()
        player.step("pressed F3", "Emergency supply", player.visible_text, "supply-empty")
        player.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        player.wait_for("the list of problems", page.form.summary.isVisible)
        player.step("pressed Check on the empty form", "Select who requested", player.visible_text)
        page.arrive()
        self._fill(page, {**WHO_ASKS, **self._answers(), **CONSULTATION})
        self._pick(page, "item.1.product", "humulin")
        self._fill(page, INSULIN)
        panel = page.form.law_panels["item.1"]
        player.wait_for("the law on the item", lambda: "smallest pack" in str(panel.sentences()))
        page.form.ensureWidgetVisible(panel)
        player.step(
            "read what the law says of the insulin",
            "no more than the smallest pack",
            lambda: "\n".join(panel.sentences()),
            "supply-law",
        )
        self._press(page, "Add another item")
        self._pick(page, "item.2.product", "viva needles")
        player.step(
            "picked the pen needles",
            "appliance",
            lambda: page.form.answers()["item.2.kind"],
            "supply-two-items",
        )
        self._fill(page, {**NEEDLES, **AFTER})
        player.wait_for(
            "a preview without problems",
            lambda: not [p for p in page.preview.preview.problems if p.severity is Severity.STOP],
        )
        page.preview.tabs.setCurrentWidget(page.preview.xml)
        player.wait_for("the XML", lambda: "ITK010D" in page.preview.xml.toPlainText())
        player.step("looked at the XML", "ITK010D", page.preview.xml.toPlainText)
        page.preview.tabs.setCurrentIndex(0)
        player.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        player.wait_for("the check page", self.window.check.isVisible)
        player.step("pressed Check", "Humulin M3", player.visible_text, "supply-check")
        self.moves.settle_check()
        self.moves.press_send()
        story = self.moves.wait_for_end(self.moves.newest().id, {State.MATCHED})
        player.step("the practice answered", "30001", lambda: " ".join(event.code for event in story.events))
        player.step("it is an emergency supply", "DIGMED_EMG_MED", lambda: story.row.kind.value)

    def in_the_register(self) -> None:
        """The register: the supply stands in it, the chain is whole, an amendment is appended."""
        player = self.player
        player.key(Qt.Key.Key_F6)
        page = self.window.page("register")
        if not isinstance(page, RegisterPage):
            raise TourError("there is no register")
        player.wait_for("the entry", lambda: len(page.entries) == 1 and page.detail.isVisible())
        player.wait_for("the chain", lambda: page.chain.property("tone") == "done")
        pause(200)
        who = self._answers()
        on_record = f"{who['patient.family'].upper()}, {who['patient.given']}"
        player.step("pressed F6", on_record, player.visible_text)
        player.step("read the entry", "left on the train", player.visible_text, "register")
        player.step("looked at the chain", "Register intact", player.visible_text)
        player.click(player.button("Add amendment"))
        player.answer(page.detail.text, "The reference of NHS 111 is 111-4711/2.")
        player.click(page.detail.save_text)
        player.wait_for(
            "the amendment",
            lambda: bool(page.entries and page.entries[0].later) and "/2." in player.visible_text(),
        )
        player.step("appended an amendment", "111-4711/2", player.visible_text, "register-amended")
        player.key(Qt.Key.Key_F1)
        player.wait_for("help", self.window.help.isVisible)
        self.window.help.open("law")
        player.step(
            "opened the rules of law", "regulation 225(3)", self.window.help.text.toPlainText, "help-law"
        )
        player.key(Qt.Key.Key_F2)

    def _answers(self) -> dict[str, str]:
        """Return what is known beforehand of the patient."""
        for patient in self.moves.practice.patients:
            if patient.answers["patient.nhs_number"].replace(" ", "") == NHS_NUMBER:
                return patient.answers
        raise TourError("the patient of the emergency supply is not in practice mode")

    def _page(self) -> SupplyPage:
        self.player.key(Qt.Key.Key_F3)
        page = self.window.page("supply")
        if not isinstance(page, SupplyPage):
            raise TourError("there is no form of an emergency supply")
        self.player.wait_for("the form", page.isVisible)
        return page

    def _fill(self, page: SupplyPage, typed: dict[str, str]) -> None:
        now = page.form.answers()
        order = [q.id for q in page.form.form.fields() if typed.get(q.id) and now.get(q.id) != typed[q.id]]
        self.player.fill(page.form, {key: typed[key] for key in order})

    def _pick(self, page: SupplyPage, field_id: str, typed: str) -> None:
        """Type parts of a name, wait for the list, and take the first in it."""
        editor = page.form.fields[field_id].editor
        if not isinstance(editor, MedicineEditor):
            raise TourError(f"{field_id} is not a question about a medicine")
        self._tab_to(page, [*editor.parts()], field_id)
        self.player.keys(typed)
        self.player.wait_for("the list of medicines", lambda: editor.offered > 0)
        popup = editor.completer.popup()
        if popup is None:
            raise TourError("there is no list of medicines")
        QTest.keyClick(popup, Qt.Key.Key_Down)
        QTest.keyClick(popup, Qt.Key.Key_Return)
        self.player.wait_for("the medicine to be taken", lambda: "\t" in editor.answer())

    def _press(self, page: SupplyPage, text: str) -> None:
        """Go to a button by Tab and press the space bar."""
        self._tab_to(page, [self.player.button(text)], text)
        self.player.key(Qt.Key.Key_Space)
        pause(50)

    def _tab_to(self, page: SupplyPage, parts: list[object], what: str) -> None:
        for _ in range(MOST_TABS):
            if QApplication.focusWidget() in parts:
                return
            QTest.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_Tab)
        raise TourError(f"Tab does not lead to {what!r}")
