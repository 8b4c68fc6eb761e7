"""The emergency supply form."""

from collections.abc import Mapping

from PySide6.QtWidgets import QVBoxLayout, QWidget

from digmed_desktop.clinical import dates, units
from digmed_desktop.clinical.applicability import not_applicable
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.medicine import Medicine, answers_of_product, treatment_typed
from digmed_desktop.clinical.patient_answers import contact_answers
from digmed_desktop.desk.views.general import PersonView, Preview
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.ui.context import Context, FormStart
from digmed_desktop.ui.forms.form_view import FormView
from digmed_desktop.ui.pages.cleared_answers import ClearedAnswers
from digmed_desktop.ui.pages.form_page import FormPage
from digmed_desktop.ui.who_may import WhoMay
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.medicine import MedicineEditor
from digmed_desktop.ui.widgets.words import Notice, row

NO_LIST = (
    "No dm+d list is imported, so most medicines have no code, and practices get them on paper. Import a release of dm+d "
    "in Settings, Medicines."
)


class SupplyPage(FormPage):
    """Takes one patient's emergency supply as it is typed, with the law under each item."""

    FORM = "emergency-supply"
    OUTCOME = "decision.outcome"

    def __init__(self, context: Context) -> None:
        self._cleared: dict[Field, ClearedAnswers] = {}
        self._told_of_list = False
        super().__init__(context)
        self.form.asks.connect(self._search)
        self.form.picked.connect(self._picked)
        self._offer_units()

    def fresh_state(self) -> FormState:
        """Return the defaults, the time now, and who is acting as pharmacist."""
        state = super().fresh_state()
        fresh = dict(state.answers)
        fresh |= contact_answers(self._context.now())
        acting = self._context.acting.person
        if acting is not None and acting.may_finish_supply:
            fresh["session.pharmacist"] = str(acting.id)
        return state.answered(fresh)

    def _tell_of_list(self, release: tuple[str, int] | None) -> None:
        """Say once that no list of medicines is imported, and offer it."""
        self.no_list.setVisible(release is None and not self._told_of_list)
        self._told_of_list = True

    def _import_list(self) -> None:
        self._context.navigate.to_section.emit("medicines")

    def make_form(self, top: tuple[QWidget, ...], before: dict[str, QWidget]) -> FormView:
        """Return the form as it is drawn, under what is said of the list of medicines."""
        self.no_list = QWidget()
        self.import_button = button("Import a dm+d release")
        self.import_button.clicked.connect(self._import_list)
        column = QVBoxLayout(self.no_list)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Notice("act", NO_LIST, "Practices get paper copies"))
        importing = row(self.import_button, None)
        column.addWidget(WhoMay(self._context.acting, Permission.IMPORT_LISTS, importing))
        column.addWidget(importing)
        self.no_list.hide()
        return super().make_form((self.no_list, *top), before)

    def arrive(self) -> None:
        """Put the cursor at who asks, or at the first question about the patient that is still open."""
        self._context.office.ask(lambda desk: desk.medicines.release(), self._tell_of_list)
        if not self.form.answers().get("request.asked_by"):
            self.form.focus_field("request.asked_by")
        else:
            super().arrive()

    def answered(self, field_id: str) -> None:
        """Offer the units of an item that has just been added, and ask only what applies to the patient."""
        if field_id.endswith(".count"):
            self._offer_units()
        elif field_id.startswith(("patient.", "contact.", "consent.")):
            self._leave_out()

    def _leave_out(self) -> None:
        today = self._context.now().astimezone(dates.ENGLAND).date()
        answers = self.form.answers()
        self.form.leave_out(not_applicable(lambda key: answers.get(key, ""), today, self.FORM))

    def refresh(self) -> None:
        """Ask for a new preview, and only what applies to the patient."""
        self._leave_out()
        super().refresh()

    def may_act(self, person: PersonView) -> bool:
        """Whether a person may finish an emergency supply."""
        return person.may_finish_supply

    def _offer_units(self) -> None:
        for field_id, field in self.form.fields.items():
            if field_id.endswith(".unit") and isinstance(field.editor, TextEditor):
                field.editor.complete_from(units.offered())

    def _search(self, field_id: str, text: str) -> None:
        self._context.office.ask(
            lambda desk: desk.medicines.find(text), lambda found: self._found(field_id, text, found)
        )

    def _found(self, field_id: str, text: str, found: tuple[Medicine, ...]) -> None:
        field = self.form.fields.get(field_id)
        if field is not None and isinstance(field.editor, MedicineEditor):
            field.editor.offer(text, found)

    def _picked(self, field_id: str, medicine: Medicine | None, replaced: bool) -> None:
        """Answer what the product answers; of the one before it nothing stays, but a person may put its directions back."""
        item, answers = field_id.removesuffix(".product"), self.form.answers()
        if replaced:
            self._cleared_at(field_id).show_cleared(treatment_typed(item, answers), answers.get(field_id, ""))
        self.form.set_answers(answers_of_product(item, medicine, answers, replaced=replaced), keep_rest=True)
        self.touched(field_id)

    def _cleared_at(self, field_id: str) -> ClearedAnswers:
        """Return the line under a medicine that says what went with the one before; the item may be a new one."""
        field = self.form.fields[field_id]
        line = self._cleared.get(field)
        if line is None:
            line = self._cleared[field] = ClearedAnswers()
            field.add_below(line)
            line.put_back.pressed.connect(self._forget_others)
            line.wanted.connect(self._put_back)
        return line

    def _lines(self) -> list[ClearedAnswers]:
        """Return the lines of the items that are there; those of an item that was removed went with it."""
        there = set(self.form.fields.values())
        return [line for field, line in self._cleared.items() if field in there]

    def _forget_others(self) -> None:
        """Forget what was cleared for a product that stands there no more: it moved up, or another way changed it."""
        answers = self.form.answers()
        there = {field: key for key, field in self.form.fields.items()}
        for field, line in self._cleared.items():
            if line.cleared and answers.get(there.get(field, "")) != line.product:
                line.show_cleared({})

    def put_back(self) -> None:
        """Put back what the last product that was replaced took with it."""
        for line in reversed(self._lines()):
            if line.cleared:
                line.put_back.click()
                return

    def _put_back(self, answers: dict[str, str]) -> None:
        """Answer again what is still open: what was typed since stays."""
        now = self.form.answers()
        mine = {key: text for key, text in answers.items() if key in now and not now[key]}
        self.form.set_answers(mine, keep_rest=True)
        for key in mine:
            self.touched(key)

    def begin(self, start: FormStart | None = None) -> None:
        """Begin a supply; what another one cleared is forgotten."""
        self.forget_answers()
        super().begin(start)
        self._leave_out()

    def forget_answers(self) -> None:
        """Forget what went with the medicines that were replaced: it may have been said of another patient."""
        for line in self._lines():
            line.show_cleared({})

    def check_now(self) -> None:
        """Check the form, once a name in which the cursor still stands is taken."""
        for field in tuple(self.form.fields.values()):
            if isinstance(field.editor, MedicineEditor):
                field.editor.take_name()
        super().check_now()

    def _previewed(self, preview: Preview, of: Mapping[str, str] | None = None) -> None:
        self._forget_others()
        super()._previewed(preview, of)
        self.form.set_law(preview.law)
