"""The vaccination form."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.applicability import not_applicable
from digmed_desktop.clinical.form import load
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.patient_answers import contact_answers
from digmed_desktop.desk.views.general import FormLists, PersonView, ProgrammeOffer
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.forms.batch_choice import BatchChoice
from digmed_desktop.ui.forms.form_view import FormView
from digmed_desktop.ui.forms.vaccination_form import NOT_GIVEN, VaccinationForm
from digmed_desktop.ui.pages.carried import SessionValue
from digmed_desktop.ui.pages.cleared_answers import PUT_BACK
from digmed_desktop.ui.pages.form_page import FormPage
from digmed_desktop.ui.pages.incident_offer import IncidentOffer
from digmed_desktop.ui.strip import Wording
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import quiet

SET_BY_PRODUCT = ("vaccine.dose_number", "vaccine.dose_amount", "vaccine.route")
NOT_NEEDED_NOT_GIVEN = ("screening", "vaccine", "dose")
"""Sections that say nothing about a vaccine that was not given."""
UNLESS_ANSWERED = ("allergies", "eligibility")
"""Sections that say something only if they are answered then."""
DECIDE_WHAT_APPLIES = (
    "patient.date_of_birth",
    "patient.sex",
    "contact.date",
    "vaccine.eligibility",
    "consent.given_by",
)
OF_THE_GIVEN = ("consent.to_treatment", "consent.given_by", "previous.finding")
"""Questions that are asked only of a vaccine to be given, or if they were answered already."""

OF_THE_PROGRAMME = (
    "vaccine.product",
    "vaccine.batch",
    "vaccine.expiry",
    "vaccine.eligibility",
    "vaccine.outcome",
    "vaccine.not_given_reason",
    "vaccine.not_given_other",
    "vaccine.site",
    *SET_BY_PRODUCT,
)
"""Answers that product and programme offer; with :data:`SAID_OF_IT` it is emptied for another programme."""
SAID_OF_IT = ("consent.", "previous.", "screening.", "after.", "incident.", "referral.")
"""Answers about the vaccine; about another one nobody has said them yet."""
ASKED_ANEW = "This is another vaccination, so consent, screening, previous doses and outcome are asked again."
OF_THE_OUTCOME = ("vaccine.outcome", "vaccine.site", "after.advice")
OF_THE_BATCH = ("vaccine.batch", "vaccine.expiry")
OF_THE_OTHER = (*OF_THE_PROGRAMME, *SAID_OF_IT)


class VaccinatePage(FormPage):
    """Takes one patient's vaccination as it is typed."""

    FORM = "vaccination"
    STRIP = (
        SessionValue("Vaccinator", ("session.vaccinator",)),
        SessionValue("Service", ("session.programme", "session.service")),
        SessionValue("Legal basis", ("session.legal_basis",), joins=True),
        SessionValue("Vaccine and batch", ("vaccine.product", "vaccine.batch", "vaccine.expiry"), main=True),
        SessionValue("Place", ("session.location", "session.location_detail")),
        SessionValue("Date", ("contact.date",)),
    )
    OUTCOME = "vaccine.outcome"
    TAKES_PACKS = True

    programme_chosen = Signal(str)  # its name

    def __init__(self, context: Context) -> None:
        self._programme = ""
        self._product_at_first = ""
        self._batches_of: dict[str, dict[str, str]] = {}  # by product that was chosen before on this form
        self._batch_seen: tuple[str, dict[str, str]] = ("", {})
        self._answered_of: dict[str, dict[str, str]] = {}  # of each programme chosen before on this form
        self._programme_before = ""  # chosen before the one now, with what was answered of it
        self._before_not_given: dict[str, str] = {}  # outcome, site and advice
        self._put_back = button(
            f"Put back ({PUT_BACK})", tip="Go back to the previous vaccination, with its answers"
        )
        self._asked_anew = QWidget()
        said = QVBoxLayout(self._asked_anew)
        said.setContentsMargins(0, SPACE.hair, 0, SPACE.hair)
        said.setSpacing(SPACE.tight)
        said.addWidget(quiet(ASKED_ANEW))
        said.addWidget(flow(self._put_back))
        self.batches: BatchChoice | None = None
        super().__init__(context)
        QShortcut(QKeySequence("Alt+0"), self, self.not_given)
        self.alerts.declined.connect(self.not_given)
        self._sections.add_action("standard", "Standard advice given", self._give_advice, self._may_advise)
        self._sections.sections["practice"].summary = self._practice_line
        self._sections.sections["patient"].summary = self._details_line
        self._sections.sections["session"].summary = self._session_line
        editor = self.form.fields["vaccine.batch"].editor
        assert isinstance(editor, TextEditor)  # noqa: S101 - as resources/forms says
        self.form.fields["session.programme"].add_below(self._asked_anew)
        self.form.fields["after.adverse_note"].add_below(IncidentOffer(context, self.form.answers))
        self._asked_anew.hide()
        self._put_back.clicked.connect(self.put_back)
        self.batches = BatchChoice(context, editor)
        self.batches.chosen.connect(self._batch_chosen)
        self.batches.opened.connect(self._show_batches)
        self.form.put_after("vaccine.batch", self.batches)
        self._follow_outcome()
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
            given, _, family = name.rpartition(" ")
            short = f"{given[:1]}. {family}" if given else family
            return Wording(f"Vaccinator: {name}" if name else ""), Wording(f"by {short}" if name else "")
        if value.fields[0] == "contact.date":
            return Wording(spoken[0]), Wording(spoken[0].rpartition(" ")[0] or spoken[0])
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
        offer = self._offer_of(fresh.get("session.programme", ""))
        usual = offer.usual | offer.by_product.get(fresh.get("vaccine.product", ""), {})
        fresh.update({key: text for key, text in usual.items() if key not in remembered})
        fresh |= contact_answers(self._context.now())
        acting, changed = self._context.acting.person, self._changed_hands
        self._changed_hands = False
        if acting is not None and acting.may_vaccinate and (changed or not fresh.get("session.vaccinator")):
            fresh["session.vaccinator"] = str(acting.id)
        return state.answered(fresh)

    def make_ready(self, answers: dict[str, str]) -> None:
        """Offer products, sites, reasons and the like of the programme in the answers."""
        self.forget_answers()
        self._offer(answers.get("session.programme", ""))
        self._product_at_first = answers.get("vaccine.product", "")
        self._batch_seen = "", {}
        self._remember_batch(answers)
        self._offer_routes(self._product_at_first)
        self._offer_sites(answers.get("vaccine.route", ""))

    def forget_answers(self) -> None:
        """Forget what was answered of the vaccinations chosen before on this form."""
        self._answered_of.clear()
        self._batches_of.clear()
        self._before_not_given = {}
        self._asked_anew.hide()
        self._hold_session()

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
            self._follow_batch(answer)
            self._follow_product(answer)
        elif field_id == "vaccine.route":
            self._offer_sites(answer)
        elif field_id == "session.programme":
            self._change_to(answer)
        elif field_id == "vaccine.outcome":
            self._follow_outcome()
        elif field_id in DECIDE_WHAT_APPLIES or field_id.startswith("screening."):
            self._leave_out()
        if field_id in ("vaccine.product", *OF_THE_BATCH):
            self._remember_batch(self.form.answers())

    def arrive(self) -> None:
        """Put the cursor at the first open question, and offer the stock as it is now."""
        super().arrive()
        self._offer_batches(anew=True)

    def refresh(self) -> None:
        """Ask for a new preview, and offer what applies and the batches that fit the product and the date."""
        if self.batches is not None:  # drawn
            self._leave_out()
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
            self.form.ensureWidgetVisible(self.batches, SPACE.large, SPACE.wide)
            self.form.ensureWidgetVisible(self.form.fields["vaccine.batch"], SPACE.large, SPACE.wide)

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

    def _follow_batch(self, product: str) -> None:
        """Empty the batch that was typed for another product; choosing that one again brings it back."""
        before, batch = self._batch_seen
        known = self._offer_of(self._programme).by_product
        if before not in known or product not in known or product == before:
            return
        answers = self.form.answers()
        now = {key: answers[key] for key in OF_THE_BATCH}
        if now != batch:
            return  # it came with this product, from a scanned pack
        self._batches_of[before] = now
        again = self._batches_of.pop(product, dict.fromkeys(OF_THE_BATCH, ""))
        self.form.set_answers(again, keep_rest=True)

    def _remember_batch(self, answers: Mapping[str, str]) -> None:
        if product := answers.get("vaccine.product", ""):
            self._batch_seen = product, {key: answers.get(key, "") for key in OF_THE_BATCH}

    def _change_to(self, programme: str) -> None:
        if programme in self._lists.by_programme and programme != self._programme:
            answers, before = self.form.answers(), self._programme
            said = {
                key: text
                for key, text in answers.items()
                if key.startswith(OF_THE_OTHER) and key != "consent.to_sharing"
            }
            usual = self._offer_of(programme).usual
            of_the_session = {key: answers[key] for key in usual if key != "session.programme"}
            self._answered_of[before] = said | of_the_session
            self._programme_before = before
            self._offer(programme)
            shown = dict.fromkeys(said, "") | usual | self._answered_of.pop(programme, {})
            self.form.set_answers(shown, keep_rest=True)
            self._asked_anew.setVisible(any(said.values()))
            self._hold_session()
            self._follow_outcome()

    def _hold_session(self) -> None:
        """Hold the session open while it says what is asked again: a card would hide that, and the cursor's question."""
        self._sections.hold_open({"session"} if not self._asked_anew.isHidden() else ())

    def put_back(self) -> None:
        """Go back to the vaccination that was chosen before, with all that was answered of it."""
        if not self._asked_anew.isHidden():
            self.form.set_answers({"session.programme": self._programme_before}, keep_rest=True)
            self.touched("session.programme")
            self._asked_anew.hide()
            self._hold_session()
            self.form.focus_field("session.programme")

    def _offer_of(self, programme: str) -> ProgrammeOffer:
        known = self._lists.by_programme
        return known.get(programme) or known[self._lists.programme_id]

    def _offer(self, programme: str) -> None:
        offer = self._offer_of(programme)
        self._programme = programme
        for name, options in offer.lists.items():
            self.form.set_options(name, options)
        self._leave_out()
        self.programme_chosen.emit(offer.name)

    def may_act(self, person: PersonView) -> bool:
        """Whether a person may vaccinate."""
        return person.may_vaccinate

    # ---- what is asked, and what is not

    @property
    def _sections(self) -> VaccinationForm:
        assert isinstance(self.form, VaccinationForm)  # noqa: S101 - as make_form makes it
        return self.form

    def make_form(self, top: tuple[QWidget, ...], before: dict[str, QWidget]) -> FormView:
        """Return the form as it is drawn."""
        return VaccinationForm(load(self.FORM), self._lists.lists, self._context.now, top=top, before=before)

    def fold_cards(self) -> None:
        """Fold details, practice, session and dose to one line each where they are wholly answered.

        What says nothing of a vaccine that was not given is put away, also on a form that is gone on with.
        """
        self._follow_outcome()

    def _follow_product(self, product: str) -> None:
        """Set what the product sets; a dose number that was chosen stays."""
        usual = dict(self._offer_of(self._programme).by_product.get(product, {}))
        if self.form.answers()["vaccine.dose_number"]:
            usual.pop("vaccine.dose_number", None)
        self._offer_routes(product)
        self.form.set_answers(usual, keep_rest=True)
        self._offer_sites(self.form.answers()["vaccine.route"])
        self.fold_cards()

    def _offer_routes(self, product: str) -> None:
        offer = self._offer_of(self._programme)
        routes = offer.routes_of.get(product, ())
        every = offer.lists["routes"]
        self.form.set_options("routes", [one for one in every if one.id in routes] or every)

    def _offer_sites(self, route: str) -> None:
        """Offer the sites of the route; where it is not known, all of the programme."""
        offer = self._offer_of(self._programme)
        fitting = offer.sites_of.get(route, ())
        every = offer.lists["sites"]
        self._sections.offer_sites([one for one in every if one.id in fitting] or list(every))

    def _leave_out(self) -> None:
        """Ask only what applies: what the programme asks, to a patient of this age and sex, in this case."""
        answers = self.form.answers()
        offer = self._offer_of(self._programme)
        not_asked = offer.not_asked
        product = answers["vaccine.product"] if answers["vaccine.product"] in not_asked else ""
        self.form.fields["vaccine.dose_amount"].measured_in(offer.units_of.get(product, ""))
        left_out = set(not_asked[product])
        left_out |= not_applicable(answers.__getitem__, self._context.now().astimezone(dates.ENGLAND).date())
        if not any(answers[key] == "yes" for key in answers if key.startswith("screening.")):
            left_out |= {"screening.note"} if not answers["screening.note"] else set()
        if answers["vaccine.outcome"] == NOT_GIVEN:
            left_out |= {key for key in OF_THE_GIVEN if not answers[key]}
        self.form.leave_out(frozenset(left_out))
        self.alerts.offer_not_given(offered=answers["vaccine.outcome"] != NOT_GIVEN)

    def not_given(self) -> None:
        """Say that it does not go ahead, or that it does after all: from anywhere, by one key."""
        now = {key: self.form.answers()[key] for key in OF_THE_OUTCOME}
        if now["vaccine.outcome"] == NOT_GIVEN:
            shown, self._before_not_given = self._before_not_given, {}
            shown = shown or {"vaccine.outcome": "", "vaccine.site": ""}
        else:
            self._before_not_given = now
            shown = {"vaccine.outcome": NOT_GIVEN, "vaccine.site": ""}
        self.form.set_answers(shown, keep_rest=True)
        self.touched("vaccine.outcome")
        self.form.next_open("")

    def _follow_outcome(self) -> None:
        """Fold the form to what matters of a vaccine that was not given, or open it again."""
        answers = self.form.answers()
        declined = answers["vaccine.outcome"] == NOT_GIVEN
        if declined:
            self.form.set_answers(self._without_advice(), keep_rest=True)
        away: set[str] = set()
        if declined:
            away = set(NOT_NEEDED_NOT_GIVEN)
            away |= {key for key in UNLESS_ANSWERED if not self._sections.sections[key].answered()}
        self._sections.put_away(away)
        self._leave_out()

    def _practice_line(self) -> str:
        answers = self.form.answers()
        if answers["practice.registered"] != "yes":
            return "Not registered with a GP practice"
        keys = ("practice.name", "practice.ods_code", "practice.city")
        return " · ".join(part for part in (*(answers[key] for key in keys), self.reach.brief()) if part)

    def _session_line(self) -> str:
        """Return the session in short; all of it stands on the strip."""
        fields = self.form.fields
        keys = (
            "session.programme",
            "session.legal_basis",
            "session.location",
            "contact.date",
            "contact.time",
        )
        spoken = {key: fields[key].editor.spoken() for key in keys}
        basis = spoken["session.legal_basis"]
        spoken["session.legal_basis"] = basis.rstrip(")").rpartition("(")[2] or basis
        return " · ".join(text for text in spoken.values() if text)

    def _details_line(self) -> str:
        """Return what the banner does not say of the patient."""
        answers = self.form.answers()
        keys = ("patient.address_lines", "patient.city", "patient.postcode")
        place = ", ".join(part for part in (answers[key].replace("\n", ", ") for key in keys) if part)
        return " · ".join(part for part in (place, answers["patient.telephone"]) if part)

    # ---- advice

    def _may_advise(self) -> bool:
        answers = self.form.answers()
        told = answers["vaccine.outcome"] != NOT_GIVEN and not answers["after.advice"].strip()
        return told and bool(self._offer_of(self._programme).advice)

    def _give_advice(self) -> None:
        """Record the standard advice of the programme as given: its whole text is shown and can be changed."""
        advice = self._offer_of(self._programme).advice
        self.form.set_answers({"after.advice": advice}, keep_rest=True)
        self.touched("after.advice")
        self.form.focus_field("after.advice")

    def _without_advice(self) -> dict[str, str]:
        """Return what takes standard advice away where it does not apply; what was changed by hand stays."""
        advice = self._offer_of(self._programme).advice
        return {"after.advice": ""} if advice and self.form.answers()["after.advice"] == advice else {}
