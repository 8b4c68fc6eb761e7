"""Settings: in which edition messages are written, what was agreed at onboarding, and products of one's own."""

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.desk.views.messages import MessageSettings, OwnProductView
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import ColumnPage, button
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.choices import ChoiceEditor, RadioEditor, TicksEditor
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.lists import empty
from digmed_desktop.ui.widgets.pair import Pair
from digmed_desktop.ui.widgets.words import Notice, Words, quiet, row

_YES_NO = (Option("yes", "Yes"), Option("no", "No"))
_AS_OTHERS = "Leave open to treat it like vaccines given by the same route."


class MessagesSection(ColumnPage):
    """Choices here hold from the next message on."""

    def __init__(self, context: Context) -> None:
        super().__init__("Messages")
        self._context = context
        self._made = False
        self._shown: MessageSettings | None = None

    def arrive(self) -> None:
        """Read the settings anew."""
        self._context.office.ask(lambda desk: desk.messages.shown(), self._show)

    def _show(self, settings: MessageSettings) -> None:
        self._shown = settings
        if not self._made:
            self._make(settings)
        for choice in settings.editions:
            self._editions[choice.workflow].set_answer(choice.chosen)
        self.agreed.set_answer(",".join(settings.agreed))
        editions = {f"edition.{choice.workflow}": "editions" for choice in settings.editions}
        self.show_set_by_it(self._context.made, {**editions, "agreed": "agreed_programmes"})
        self._show_products_set_by_it()
        self._list_own(settings.own)

    def _make(self, settings: MessageSettings) -> None:
        self._made = True
        self._editions: dict[str, RadioEditor] = {}
        fields = []
        for choice in settings.editions:
            editor = self._editions[choice.workflow] = RadioEditor(choice.options)
            editor.edited.connect(lambda key=choice.workflow: self._edition_chosen(key))
            fields.append(Field(f"edition.{choice.workflow}", choice.name, editor))
        editions = self.card(
            "Edition of the message",
            quiet(
                "The guides have changed over the years. Keep the usual one unless NHS England or the "
                "practices ask for another."
            ),
            *fields,
        )
        self.agreed = TicksEditor(settings.agreements)
        self.agreed.edited.connect(self._agreed)
        agreed = self.card(
            "Agreed at onboarding",
            quiet(
                "Only vaccinations that NHS England agreed for this pharmacy are sent electronically. All others "
                "are recorded here, and you send the practice a paper copy."
            ),
            Field("agreed", "Sent electronically", self.agreed),
            quiet(f"Retired by NHS England, so never sent: {', '.join(settings.retired)}."),
        )
        products = self._make_products(settings)
        self.only_for(self._context.acting, Permission.CHANGE_MESSAGES, editions, agreed, products)

    def _make_products(self, settings: MessageSettings) -> QFrame:
        self._own = QVBoxLayout()
        self._own.setSpacing(SPACE.tight)
        self._own.setContentsMargins(0, 0, 0, 0)
        holder = QWidget()
        holder.setLayout(self._own)
        self.programme = ChoiceEditor(settings.programmes)
        self.route = ChoiceEditor(())
        self.programme.edited.connect(self._offer_routes)
        self.said = Notice("done")
        self.said.setVisible(False)
        self.add = button("Add this product", "primary")
        self.add.clicked.connect(self._add)
        return self.card(
            "Your own products",
            quiet(
                "A vaccine that is not in the list yet. Take its code from your pharmacy system; "
                "without a code the product is sent by its name."
            ),
            holder,
            Field("product.programme", "Vaccination", self.programme),
            Field(
                "product.display",
                "Name of the product",
                TextEditor(),
                hint="In full, with strength and manufacturer.",
            ),
            Pair(
                Field("product.code", "dm+d code", TextEditor(), hint="Its check digit is checked."),
                Field("product.manufacturer", "Manufacturer", TextEditor()),
            ),
            Pair(
                Field("product.route", "Route", self.route),
                Field("product.dose", "Usual dose in mL", TextEditor(), hint="For example 0.5."),
            ),
            Field("product.live", "Live vaccine", RadioEditor(_YES_NO)),
            Pair(
                Field("product.egg", "Can contain egg", RadioEditor(_YES_NO), hint=_AS_OTHERS),
                Field("product.latex", "Packaging can contain latex", RadioEditor(_YES_NO), hint=_AS_OTHERS),
            ),
            Field(
                "product.least_months",
                "Minimum age in months",
                TextEditor(),
                hint="See the patient leaflet. For example, 24 for 2 years.",
            ),
            self.said,
            row(self.add, None),
        )

    def _show_products_set_by_it(self) -> None:
        if self._context.made.is_set_by_it("own_products"):
            self.show_set_by_it(
                self._context.made, {key: "own_products" for key in self.fields if key.startswith("product.")}
            )
            self.add.setEnabled(False)

    def _offer_routes(self) -> None:
        routes = self._shown.routes.get(self.programme.answer(), ()) if self._shown else ()
        self.route.set_options(routes)
        if len(routes) == 1:
            self.route.set_answer(routes[0].id)

    def _edition_chosen(self, workflow: str) -> None:
        edition = self._editions[workflow].answer()
        self._context.office.ask(
            lambda desk: desk.messages.choose_edition(workflow, edition), self._changed, self._not_kept
        )

    def _agreed(self) -> None:
        agreed = tuple(one for one in self.agreed.answer().split(",") if one)
        self._context.office.ask(lambda desk: desk.messages.agree(agreed), self._changed, self._not_kept)

    def _add(self) -> None:
        answers = self.answers()
        self.expect_kept()
        self.add.setEnabled(False)
        self._context.office.ask(lambda desk: desk.messages.add_product(answers), self._added, self._failed)

    def _added(self, problems: Sequence[Problem]) -> None:
        self.add.setEnabled(True)
        if not self.tell(problems):
            self.said.setVisible(False)
            return
        self.add.setFocus()
        name = self.fields["product.display"].editor.answer()
        self.show_kept({key: "" for key in self.fields if key.startswith("product.")})
        self.said.say(f"{name} is offered on the form now.", "Added", "done")
        self.said.setVisible(True)
        self._changed(None)

    def _failed(self, error: Exception) -> None:
        self.add.setEnabled(True)
        self.tell([Problem("", str(error))])

    def _list_own(self, own: Sequence[OwnProductView]) -> None:
        empty(self._own)
        for product in own:
            remove = button("Remove", tip=f"No longer offer {product.name}")
            remove.setAccessibleName(f"Remove {product.name}")
            remove.clicked.connect(lambda _on=False, key=product.id: self._remove(key))
            self._own.addWidget(Words(product.name, bold=True))
            self._own.addWidget(quiet(f"{product.programme} · {product.code or 'No code'}"))
            self._own.addWidget(row(remove, None))

    def _remove(self, product_id: str) -> None:
        self._context.office.ask(
            lambda desk: desk.messages.remove_product(product_id), self._changed, self._not_kept
        )

    def _not_kept(self, error: DigMedError) -> None:
        self.arrive()  # what holds still
        self.say_not_kept(error)

    def _changed(self, _nothing: None) -> None:
        """Show what holds now, and have the forms offer it."""
        self.arrive()
        self._context.office.ask(
            lambda desk: desk.all_form_lists(), self._context.navigate.lists_changed.emit
        )
