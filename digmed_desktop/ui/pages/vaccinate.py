"""The vaccination form."""

from PySide6.QtCore import Signal

from digmed_desktop.clinical.patient_answers import starting_contact
from digmed_desktop.desk.views import FormLists, PersonView, ProgrammeOffer
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.form_page import FormPage, SessionValue

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
        SessionValue("Place", ("session.location", "session.location_detail")),
        SessionValue(
            "Vaccine and batch",
            ("vaccine.product", "vaccine.batch", "vaccine.expiry"),
            short="vaccine.batch",
        ),
        SessionValue("Legal basis", ("session.legal_basis",)),
        SessionValue("Date", ("contact.date",)),
    )
    TAKES_PACKS = True
    help_topic = "vaccinate"

    programme_chosen = Signal(str)  # its name

    def __init__(self, context: Context) -> None:
        self._programme = ""
        super().__init__(context)

    def fresh_answers(self) -> dict[str, str]:
        """Return what the session keeps, what its programme usually has, today's date, and the acting vaccinator."""
        fresh = super().fresh_answers()
        remembered = {q.id for q in self.form.form.fields() if q.remembered}
        usual = self._offer_of(fresh.get("session.programme", "")).usual
        fresh.update({key: text for key, text in usual.items() if key not in remembered})
        fresh |= starting_contact(self._context.now())
        acting = self._context.acting.person
        if acting is not None and acting.may_vaccinate and not fresh.get("session.vaccinator"):
            fresh["session.vaccinator"] = str(acting.id)
        return fresh

    def make_ready(self, answers: dict[str, str]) -> None:
        """Offer products, sites, reasons and the like of the programme in the answers."""
        self._offer(answers.get("session.programme", ""))

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
            usual = self._offer_of(self.form.answers()["session.programme"]).by_product.get(answer, {})
            self.form.set_answers(usual, keep_rest=True)
        elif field_id == "session.programme":
            self._change_to(answer)

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
        """Make the person who signed in the vaccinator, unless a patient is on the form already."""
        if person.may_vaccinate and not self.form.answers().get("patient.family"):
            self.form.set_answers({"session.vaccinator": str(person.id)}, keep_rest=True)
            self.refresh()
