"""The vaccination form."""

from collections.abc import Mapping

from PySide6.QtCore import Signal

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.patient_answers import contact_answers
from digmed_desktop.desk.views import FormLists, PersonView, ProgrammeOffer
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.forms.batch_choice import BatchChoice
from digmed_desktop.ui.pages.form_page import FormPage, SessionValue
from digmed_desktop.ui.strip import Wording
from digmed_desktop.ui.widgets.editors import TextEditor

OF_THE_PROGRAMME = (
    "vaccine.product",
    "vaccine.batch",
    "vaccine.expiry",
    "vaccine.eligibility",
    "vaccine.not_given_reason",
    "vaccine.site",
)
"""What is emptied when another programme is chosen: the old answers are about another vaccine."""


class VaccinatePage(FormPage):
    """One patient's vaccination, as it is typed."""

    FORM = "vaccination"
    STRIP = (
        SessionValue("Vaccinator", ("session.vaccinator",)),
        SessionValue("Service", ("session.programme", "session.service")),
        SessionValue("Legal basis", ("session.legal_basis",)),
        SessionValue("Vaccine and batch", ("vaccine.product", "vaccine.batch", "vaccine.expiry")),
        SessionValue("Place", ("session.location", "session.location_detail")),
        SessionValue("Date", ("contact.date",)),
    )
    TAKES_PACKS = True
    help_topic = "vaccinate"

    programme_chosen = Signal(str)  # its name

    def __init__(self, context: Context) -> None:
        self._programme = ""
        self._product_at_first = ""
        self._hands: int | None = context.acting.id  # who acted last
        self._changed_hands = False  # whether that changed with a patient on the form
        self.batches: BatchChoice | None = None
        super().__init__(context)
        editor = self.form.fields["vaccine.batch"].editor
        assert isinstance(editor, TextEditor)  # noqa: S101 - as resources/forms says
        self.batches = BatchChoice(context, editor)
        self.batches.chosen.connect(self._batch_chosen)
        self.batches.opened.connect(self._show_batches)
        self.form.put_after("vaccine.batch", self.batches)
        self.strip_changed.connect(self._tell_session)
        self._tell_session()

    def _tell_session(self) -> None:
        """Tell Today what stays from patient to patient."""
        product, batch = (
            self.form.fields[key].editor.spoken() for key in ("vaccine.product", "vaccine.batch")
        )
        programme = self._offer_of(self._programme).name
        words = (programme, product, f"batch {batch}" if batch else "")
        self._context.session.become(tuple(word for word in words if word))

    def session_words(self, value: SessionValue) -> tuple[Wording, Wording]:
        """Return the words of a chip: the vaccinator by name, a vaccine with batch and expiry date."""
        spoken = [self.form.fields[key].editor.spoken() for key in value.fields]
        if value.fields[0] == "session.vaccinator":
            name = spoken[0].partition(" · ")[0]
            return Wording(f"Vaccinator: {name}" if name else ""), Wording(name)
        if value.fields[0] == "session.location":
            place = " · ".join(part for part in spoken if part)
            return Wording(place), Wording(spoken[1] or spoken[0])
        if value.fields[0] != "vaccine.product" or not any(spoken):
            return super().session_words(value)
        product, batch, expiry = spoken
        at_length = f" · {batch or 'batch?'}" + (f" · expires {expiry}" if expiry else "")
        in_short = f" · {batch or 'batch?'}" + (f" · {expiry}" if expiry else "")
        maker = product.rpartition(" (")
        return Wording(product or "Vaccine?", at_length), Wording(maker[0] or product or "Vaccine?", in_short)

    def fresh_state(self) -> FormState:
        """Return what the session keeps, what its programme usually has, today's date, and the acting vaccinator."""
        state = super().fresh_state()
        fresh = dict(state.answers)
        remembered = {q.id for q in self.form.form.fields() if q.remembered}
        usual = self._offer_of(fresh.get("session.programme", "")).usual
        fresh.update({key: text for key, text in usual.items() if key not in remembered})
        fresh |= contact_answers(self._context.now())
        acting, changed = self._context.acting.person, self._changed_hands
        self._changed_hands = False
        if acting is not None and acting.may_vaccinate and (changed or not fresh.get("session.vaccinator")):
            fresh["session.vaccinator"] = str(acting.id)
        return state.answered(fresh)

    def make_ready(self, answers: dict[str, str]) -> None:
        """Offer products, sites, reasons and the like of the programme in the answers."""
        self._offer(answers.get("session.programme", ""))
        self._product_at_first = answers.get("vaccine.product", "")

    def use_lists(self, lists: FormLists) -> None:
        """Offer other lists from now on, in the programme that is chosen."""
        self._lists = lists
        for name in ("people", "programmes"):
            self.form.set_options(name, lists.lists[name])
        self._offer(self.form.answers().get("session.programme", ""))

    def answered(self, field_id: str) -> None:
        """Fill in what a product usually answers besides, and follow another programme."""
        answer = self.form.fields[field_id].editor.answer() if field_id in self.form.fields else ""
        if field_id == "vaccine.product":
            self._drop_batch_of_other(answer)
            usual = self._offer_of(self.form.answers()["session.programme"]).by_product.get(answer, {})
            self.form.set_answers(usual, keep_rest=True)
        elif field_id == "session.programme":
            self._change_to(answer)

    def arrive(self) -> None:
        """Put the cursor at the first open question, and offer the stock as it is now."""
        super().arrive()
        self._offer_batches(anew=True)

    def refresh(self) -> None:
        """Ask for a new preview, and offer the batches that fit the product and the date."""
        super().refresh()
        self._offer_batches()

    def _offer_batches(self, *, anew: bool = False) -> None:
        if self.batches is None:
            return
        answers = self.form.answers()
        product = answers["vaccine.product"]
        known = product in self._offer_of(self._programme).by_product
        given = answers["vaccine.outcome"] != "not-given"
        self.batches.follow(
            answers["session.programme"] if given else "",
            product if known else "",
            answers["contact.date"],
            anew=anew,
        )

    def _show_batches(self) -> None:
        """Bring the list into view, and the question above it however little room there is."""
        if self.batches is not None:
            self.form.ensureWidgetVisible(self.batches, 20, 24)
            self.form.ensureWidgetVisible(self.form.fields["vaccine.batch"], 20, 24)

    def _batch_chosen(self, answers: dict[str, str]) -> None:
        self.take_scan(answers)
        self.form.next_open("vaccine.expiry")

    def take_scan(self, answers: Mapping[str, str]) -> None:
        """Take what a pack says. The expiry of the batch before it says nothing of another one, so it goes."""
        batch = answers.get("vaccine.batch", "")
        other = bool(batch) and batch != self.form.answers()["vaccine.batch"]
        super().take_scan({"vaccine.expiry": "", **answers} if other else answers)

    def _drop_batch_of_other(self, product: str) -> None:
        """Empty a batch that came from the last patient once another product is chosen; what was typed stays."""
        other = product in self._offer_of(self._programme).by_product and product != self._product_at_first
        carried = {"vaccine.batch", "vaccine.expiry"} & self.carried if other else set()
        self.form.set_answers(dict.fromkeys(carried, ""), keep_rest=True)
        self.carried -= carried

    def _change_to(self, programme: str) -> None:
        if programme in self._lists.by_programme and programme != self._programme:
            self._offer(programme)
            emptied = dict.fromkeys(OF_THE_PROGRAMME, "")
            self.form.set_answers(emptied | self._offer_of(programme).usual, keep_rest=True)

    def _offer_of(self, programme: str) -> ProgrammeOffer:
        known = self._lists.by_programme
        return known.get(programme) or known[self._lists.programme_id]

    def _offer(self, programme: str) -> None:
        offer = self._offer_of(programme)
        self._programme = programme
        for name, options in offer.lists.items():
            self.form.set_options(name, options)
        self.form.leave_out(offer.not_asked)
        self.programme_chosen.emit(offer.name)

    def take_over(self, person: PersonView) -> None:
        """Make the person who signed in the vaccinator; with a patient on the form, have the vaccinator confirmed."""
        other = self._hands not in (None, person.id)
        self._hands = person.id
        if not self.form.answers().get("patient.family"):
            if person.may_vaccinate:
                self.form.set_answers({"session.vaccinator": str(person.id)}, keep_rest=True)
                self.carried.discard("session.vaccinator")
                self.refresh()
        elif other:
            self._changed_hands = True
            self.carried |= self._of_colleague(self.form.answers())
            self.strip_changed.emit()
