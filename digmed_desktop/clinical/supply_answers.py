"""The answers of the emergency supply form, read into an :class:`EmergencySupplyRecord`, and what is wrong with them.

As in :mod:`digmed_desktop.clinical.vaccination` nothing is guessed, cut or put right unseen. What the law says of each
item is told beside the problems; what it forbids is a problem, what the pharmacist may judge asks for the reason.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from digmed_desktop.clinical import form, law, names, reading, snomed
from digmed_desktop.clinical.answers import required_missing
from digmed_desktop.clinical.emergency_supply import (
    AskedBy,
    EmergencySupplyRecord,
    ItemKind,
    PatientConditions,
    PrescriberRequest,
    SuppliedItem,
    SupplyRoute,
)
from digmed_desktop.clinical.patient_answers import PatientSheet, contact_answers
from digmed_desktop.clinical.reading import LawSaid, judged
from digmed_desktop.clinical.record import (
    Coded,
    Consent,
    Organisation,
    PersonName,
    Professional,
    Quantity,
    Referral,
)
from digmed_desktop.clinical.supply_law import judge
from digmed_desktop.clinical.units import unit

FORM_ID = "emergency-supply"
CODE_END = "\t"
"""Between the code of a product that was picked and its name, in the answer of a question about a medicine."""
MOST_DAYS = 366
_PLAIN_DECIMAL = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?")
_WHOLE = re.compile(r"[0-9]{1,4}")
_AMOUNT_QUESTIONS = ("pack", "cycle", "course")


SupplyReading = reading.Reading[EmergencySupplyRecord]


def read(
    answers: Mapping[str, str],
    *,
    pharmacy: Organisation,
    pharmacist: Professional | None,
    may_finish: bool,
    now: datetime,
) -> SupplyReading:
    """Return the record that these answers make at ``now``, and all that is wrong or doubtful in them.

    ``pharmacist`` is the person chosen in ``session.pharmacist``, ``may_finish`` whether that person's role may
    complete a supply. The answers are those of the form ``emergency-supply``, as typed.
    """
    questions = form.load(FORM_ID).laid_out(answers)
    sheet = _SupplySheet(questions, answers, now)
    for problem in required_missing(questions, answers, unless=sheet.unneeded()):
        sheet.stop(problem.field, problem.sentence)
    record = sheet.record(pharmacy, pharmacist, may_finish=may_finish)
    return judged(record, sheet.in_order(), sheet.closes_electronic_way, tuple(sheet.law))


def starting_answers(now: datetime) -> dict[str, str]:
    """Return the answers of a fresh form: its defaults and the time."""
    fresh = {form.count_id("item"): "1"}
    questions = form.load(FORM_ID).laid_out(fresh)
    fresh |= {field.id: field.default for field in questions.fields()}
    return fresh | contact_answers(now)


def product_answer(product: Coded) -> str:
    """Return the answer that names a product that was picked."""
    return f"{product.code}{CODE_END}{product.display}" if product.is_coded else product.display


def picked(answer: str) -> Coded | None:
    """Return the product that an answer names, None for an empty one."""
    code, tab, display = answer.partition(CODE_END)
    if not tab:
        code, display = "", answer
    return Coded(display.strip(), code) if display.strip() else None


class _SupplySheet(PatientSheet):
    """Reads the groups of the form, one after the other."""

    def __init__(self, questions: form.Form, answers: Mapping[str, str], now: datetime) -> None:
        super().__init__(questions, answers, now)
        self.law: list[LawSaid] = []
        self.items = form.copies(form.load(FORM_ID).repeating[0], answers)
        outcome = self.option("decision.outcome")
        self.supplied = outcome.id == "supplied" if outcome else None
        asked = self.option("request.asked_by")
        self.asked_by = AskedBy(asked.id) if asked else None
        self.route = (
            None
            if self.asked_by is None
            else SupplyRoute.PRESCRIBER
            if self.asked_by is AskedBy.PRESCRIBER
            else SupplyRoute.PATIENT
        )

    def unneeded(self) -> frozenset[str]:
        """Return the required questions that nobody can or need answer in this case."""
        unneeded = self.unneeded_traced()
        if self.supplied is False:
            unneeded |= {
                field for field in self.fields if field.startswith(("conditions.", "consent.to_treatment"))
            }
            unneeded |= {"consent.given_by", "allergies.status", "prescriber.undertaken", "contact.collector"}
        for n in range(1, self.items + 1):
            if self.typed(f"item.{n}.kind") == ItemKind.APPLIANCE:
                unneeded.add(f"item.{n}.as_directed")
        return frozenset(unneeded)

    def record(
        self, pharmacy: Organisation, pharmacist: Professional | None, *, may_finish: bool
    ) -> EmergencySupplyRecord:
        """Return the record."""
        registered = self.registered()
        nature = self.lines("contact.reason") or self.lines("prescriber.why")
        reference = self.text("request.reference")
        chosen = self.option("request.asked_by")
        return EmergencySupplyRecord(
            patient=self.patient(),
            registered=registered,
            practice=self.practice() if registered else None,
            pharmacy=pharmacy,
            pharmacist=self._pharmacist(pharmacist, may_finish=may_finish),
            contact_at=self.contact_at(),
            recorded_at=self.now,
            supply_route=self.route,
            asked_by=self.asked_by,
            referral_reference=reference,
            service=self.text("session.service"),
            reason_for_service=self._reason_for_service(chosen.hint if chosen else "", reference, nature),
            consultation_method=self.label("contact.method"),
            collected_by=self.text("contact.collected_by")
            or self.label("contact.collector").removeprefix("The ").capitalize(),
            items=self._items() if self.supplied else (),
            patient_conditions=self._conditions(nature),
            prescriber_request=self._prescriber_request(),
            allergies=self.allergies(),
            consent=self._consent(),
            history=self.lines("after.history"),
            advice=self.lines("after.advice"),
            plan_for_professionals=self.lines("after.plan_for_professionals"),
            plan_for_patient=self.lines("after.plan_for_patient"),
            referral=Referral(to=self.text("referral.to"), reason=self.text("referral.reason")),
            identity_checked=self.identity_checked(),
            supplied=self.supplied,
            not_supplied_reason=self._not_supplied(),
            late_entry_reason=self._late_entry(),
            notes_kept_here=self.lines("after.notes"),
        )

    @staticmethod
    def _reason_for_service(asked_by: str, reference: str, nature: str) -> str:
        referred = f"{asked_by}, reference {reference}" if reference else asked_by
        return ": ".join(part for part in (referred, nature) if part)

    def _pharmacist(self, pharmacist: Professional | None, *, may_finish: bool) -> Professional | None:
        field = "session.pharmacist"
        pharmacist = self.person(field, pharmacist)
        if pharmacist is not None and not may_finish:
            self.stop(field, "Select a pharmacist: nobody else may complete an emergency supply.")
        return pharmacist

    def _late_entry(self) -> str:
        """Return why the entry is made after the day of the supply (regulation 253(2)(b))."""
        reason = self.text("contact.late_reason")
        day = self.date_alone("contact.date")  # it was judged with the time
        if day is None or day >= self.today or not self.supplied:
            return reason
        if not reason:
            self.stop(
                "contact.late_reason",
                "Say why the register was not written on the day of supply: the law wants the entry that day, or the "
                "next where that was not reasonably practicable.",
            )
        if day < self.today - timedelta(days=1):
            self.look(
                "contact.date", "This entry is later than the day after the supply, which the law allows."
            )
        return reason

    def _conditions(self, nature: str) -> PatientConditions:
        conditions = PatientConditions(
            interviewed=self.yes("conditions.interviewed"),
            immediate_need=self.yes("conditions.immediate_need"),
            nature_of_emergency=nature,
            previously_prescribed=self.yes("conditions.previously_prescribed"),
            seen_in=", ".join(
                part for part in (self.label("conditions.seen_in"), self.text("conditions.seen_note")) if part
            ),
            dose_appropriate=self.yes("conditions.dose_appropriate"),
        )
        if self.supplied and self.route is not None:
            for rule in law.conditions(self.route):
                if rule.field and self.yes(rule.field) is False:
                    self.stop(rule.field, rule.over)
        if (
            self.supplied
            and self.typed("conditions.seen_in") == "told"
            and not self.text("conditions.seen_note")
        ):
            self.stop(
                "conditions.seen_note",
                "Say why you are satisfied that it was prescribed before although you have not seen it.",
            )
        return conditions

    def _prescriber_request(self) -> PrescriberRequest:
        if self.route is not SupplyRoute.PRESCRIBER:
            return PrescriberRequest()
        profession = self.option("prescriber.profession")
        for field in ("prescriber.given", "prescriber.family"):
            typed = self.text(field, names.MOST)
            if typed:
                self.stop(field, names.sentence_about(typed, "prescriber's name"))
        return PrescriberRequest(
            prescriber=Professional(
                name=PersonName(self.text("prescriber.given"), self.text("prescriber.family")),
                role=Coded(profession.label) if profession else None,
                registration=self.text("prescriber.registration"),
            ),
            address=self._address("prescriber"),
            why_not_at_once=self.lines("prescriber.why"),
            undertaken=self.yes("prescriber.undertaken"),
        )

    def _consent(self) -> Consent:
        consent = Consent(
            given_by=self.label("consent.given_by"),
            name=self.text("consent.name"),
            to_treatment=self.yes("consent.to_treatment"),
            to_sharing=self.to_sharing(),
        )
        if self.supplied and consent.to_treatment is False:
            self.stop(
                "consent.to_treatment", "Supply only what the patient agrees to: check this or the decision."
            )
        return consent

    def _not_supplied(self) -> str:
        if self.supplied is not False:
            return ""
        self.paper(
            "decision.outcome",
            "There is no electronic message for what was not supplied: tell the practice on paper or by telephone.",
        )
        parts = (self.text("decision.asked_for"), self.label("decision.reason"), self.lines("decision.note"))
        return "\n".join(part for part in parts if part)

    # ---- items

    def _items(self) -> tuple[SuppliedItem, ...]:
        return tuple(self._item(n) for n in range(1, self.items + 1))

    def _item(self, n: int) -> SuppliedItem:
        kind = self.option(f"item.{n}.kind")
        dosage_form, amounts = (
            self.text(f"item.{n}.form"),
            [self.option(f"item.{n}.{q}") for q in _AMOUNT_QUESTIONS],
        )
        medicine = kind is None or kind.id == ItemKind.MEDICINE
        item = SuppliedItem(
            kind=ItemKind(kind.id) if kind else ItemKind.MEDICINE,
            product=self._product(n),
            form=Coded(dosage_form) if dosage_form else None,
            strength=self.text(f"item.{n}.strength"),
            quantity=self._quantity(n),
            days=self._days(n),
            directions=self.text(f"item.{n}.directions"),
            additional_instructions=self.text(f"item.{n}.additional"),
            indication=self.text(f"item.{n}.indication"),
            size=self.text(f"item.{n}.size"),
            colour=self.text(f"item.{n}.colour"),
            legal_class=self._chosen(f"item.{n}.legal_class"),
            schedule=self._schedule(n),
            preparation=self._chosen(f"item.{n}.preparation"),
            amount_is=next((one.id for one in amounts if one), ""),
            for_epilepsy=self.yes(f"item.{n}.for_epilepsy"),
            as_directed=self.yes(f"item.{n}.as_directed") if medicine else None,
            reason=self.text(f"item.{n}.reason"),
        )
        self._judge(n, item)
        return item

    def _chosen(self, field: str) -> str:
        chosen = self.option(field)
        return chosen.id if chosen else ""

    def _schedule(self, n: int) -> str:
        chosen = self._chosen(f"item.{n}.schedule")
        if chosen == "unknown":
            self.stop(f"item.{n}.schedule", "Find out the schedule: what may be supplied depends on it.")
            return ""
        return chosen

    def _product(self, n: int) -> Coded | None:
        field = f"item.{n}.product"
        code, tab, _ = self.typed(field).partition(CODE_END)
        if tab and not snomed.is_concept_id(code):
            self.stop(field, "Choose the product again: its code is not one of dm+d.")
            return None
        self._answers = {**self._answers, field: self.typed(field).rpartition(CODE_END)[2]}
        display = self.text(field, 255)
        if not display:
            return None
        if not tab:
            self.paper(
                field,
                "Known by its name only, without a dm+d code: choose it from the list, or tell the practice on paper.",
            )
        return Coded(display, code if tab else "")

    def _quantity(self, n: int) -> Quantity | None:
        words = self.text(f"item.{n}.unit", 60)
        unreadable = "Enter the quantity with digits, such as 28 or 7.5, and its unit beside it."
        amount = self.amount(f"item.{n}.quantity", _PLAIN_DECIMAL, unreadable)
        if amount is None:
            return None
        if any(sign.isdigit() for sign in words):
            self.stop(
                f"item.{n}.unit", "Enter the unit alone, such as tablet; its number stands in Quantity."
            )
            return None
        return Quantity(amount, unit(words)) if words else None

    def _days(self, n: int) -> int | None:
        field = f"item.{n}.days"
        typed = self.text(field)
        if not typed:
            return None
        if not _WHOLE.fullmatch(typed) or not 0 < int(typed) <= MOST_DAYS:
            self.stop(field, f"Enter the days as a whole number from 1 to {MOST_DAYS}.")
            return None
        return int(typed)

    def _judge(self, n: int, item: SuppliedItem) -> None:
        """Tell the law of one item; what it forbids stops, what is the pharmacist's to judge wants the reason."""
        if self.route is None:
            return
        asks = False
        for found in judge(item, self.route):
            field = f"item.{n}.{found.field}"
            tone = "stop" if found.forbids else "look" if found.asks else "tell"
            self.law.append(LawSaid(field, found.sentence, tone, found.rule))
            if found.forbids:
                self.stop(field, found.sentence)
            elif found.asks:
                asks = True
                self.look(field, found.sentence)
        if asks and not item.reason:
            self.stop(f"item.{n}.reason", "Say why you supply it so: the program doubts, and you decide.")
