"""Whatever is found, typed, scanned, imported, undone, resumed or corrected: Check offers one patient's record."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from digmed_desktop.clinical import dates, identity
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.one_patient import OnePatient, of_the_act, take
from digmed_desktop.clinical.patient_answers import NEVER_CARRIED
from digmed_desktop.clinical.problem import Severity
from tests.clinical.examples import NOW, complete_answers
from tests.desk.conftest import Counter
from tests.long.registry import seeded, sized

TODAY = NOW.date()
OF_ONE = ("patient.", "screening.", "previous.", "consent.", "allergies.", "after.")


def person(number: str, family: str, given: str, born: str, mark: str) -> dict[str, str]:
    """Return a complete form of one patient in which every free text names that patient."""
    return complete_answers(
        patient__nhs_number=number,
        patient__family=family,
        patient__given=given,
        patient__date_of_birth=born,
        patient__address_lines=f"{mark} Road",
        patient__telephone=f"07700 9001{len(mark):02}",
        screening__note=f"note of {mark}",
        screening__unwell="yes",
        allergies__status="recorded",
        allergies__entries=f"{mark}: rash",
        after__notes=f"notes of {mark}",
        after__history=f"history of {mark}",
    )


PEOPLE = {
    "rose": person("999 012 3020", "O'Neill", "Rose", "12/3/1971", "rose"),
    "twin": person("999 000 0018", "O'Neill", "Rosie", "12/3/1971", "the twin"),
    "quill": person("999 400 0047", "Quill", "Nora", "4/7/1969", "nora quill"),
    "new": person("999 000 0026", "Featherstone", "Idris", "30/11/1950", "idris, new here"),
}
FORM = FormState(dict.fromkeys(PEOPLE["rose"], ""))
KNOWN = ("rose", "twin", "quill")
WHO = st.sampled_from(sorted(PEOPLE))
MARKED = [
    key
    for key in PEOPLE["rose"]
    if key.startswith(OF_ONE) and len({one[key] for one in PEOPLE.values()}) == len(PEOPLE)
]
OTHERS = [key for key in MARKED if key not in identity.IDENTIFYING]


def people_in(answers: Mapping[str, str]) -> set[str]:
    """Return those people whose values alone could make these answers; empty where two were mixed."""
    left = set(PEOPLE)
    for key in (*MARKED, *identity.IDENTIFYING):
        if text := answers.get(key, ""):
            left &= {name for name, one in PEOPLE.items() if _read(key, one[key]) == _read(key, text)}
    return left


def _read(key: str, text: str) -> object:
    """Return an answer as it is compared; a record import adds lines to the notes."""
    return (
        dates.of_answer(text, TODAY, past=True)
        if key == identity.BORN
        else text.partition("\nFrom the other")[0]
    )


@dataclass
class Kept:
    """A form that was put aside, and who it is about."""

    state: FormState
    whose: str


class OneForm(RuleBasedStateMachine):
    """One form and those put aside; the person at it answers truthfully what the program asks."""

    counter: Counter

    @initialize()
    def begin(self) -> None:
        self.drafts: dict[str, Kept] = {}
        self.made = 0
        self.mind = ""  # the patient who stands at the counter
        self.asks = False
        self._show(FORM)

    # ---- what the page does, by the same model

    def _show(self, state: FormState) -> None:
        self.answers = {**FORM.answers, **state.answers}
        self.correction, self.withdraws = state.correction, state.withdraws
        self.one = OnePatient()
        self.one.begin(state, self.answers, TODAY)
        self.asks = bool(self.one.follow(self.answers, TODAY))
        self.texts: dict[str, list[str]] = {}

    def _state(self) -> FormState:
        return FormState(
            dict(self.answers),
            correction=self.correction,
            owner=dict(self.one.kept_owner),
            withdraws=self.withdraws,
            agreed=self.one.in_doubt(self.answers, TODAY),
        )

    def _put_aside(self, whose: str, begun: FormState) -> None:
        if identity.is_somebodys(self.answers):
            self.made += 1
            self.drafts[f"{self.made:04}"] = Kept(self._state(), whose)
        self._show(begun)

    def _whose(self) -> str:
        """Return whom the form on the screen was begun for."""
        return next(
            (
                name
                for name, one in PEOPLE.items()
                if self.one.owner and all(one[key] == text for key, text in self.one.owner.items())
            ),
            "",
        )

    def _follow(self) -> None:
        """Follow an answer that was left; once it is known again whose form it is, undo brings nothing back."""
        asked = self.asks
        self.asks = bool(self.one.follow(self.answers, TODAY))
        if asked and not self.asks:
            self.texts = {}

    def _type(self, key: str, text: str) -> None:
        self.texts.setdefault(key, []).append(self.answers.get(key, ""))
        self.answers[key] = text
        self.one.typed(self.answers, TODAY)
        self._follow()
        self.answers |= dict.fromkeys(self.one.said_of_another(self.answers, TODAY), "")

    # ---- what people do

    @rule(who=WHO, scanned=st.booleans())
    def find(self, who: str, scanned: bool) -> None:
        if self.correction is not None and not scanned:
            return  # a correction has no search
        self.mind = who
        known = {k: v for k, v in PEOPLE[who].items() if k.startswith(("patient.", "practice."))}
        found = {k: v for k, v in known.items() if k not in NEVER_CARRIED and v}
        if who not in KNOWN:
            found = {identity.NUMBER: PEOPLE[who][identity.NUMBER]}
        before = self._whose()
        if self.asks:
            parted = self.one.parted(self.answers)
            if not self.one.owner:  # nobody's: it stays as it is, in doubt
                self._put_aside("", FORM)
                self.answers |= found
                self.one.taken(self.answers, TODAY)
                self.texts = {}
                return
            self.answers = parted.before
            taken = take(parted.typed, found, PEOPLE["rose"], TODAY)
            self._put_aside(before, parted.apart(FORM))
            unknown = not identity.identity_of(parted.typed, TODAY).known()
            another = taken.another or taken.asks or parted.mixed or unknown
            if another:
                self._put_aside(self._whose(), FORM)
        else:
            taken = take(self.answers, found, PEOPLE["rose"], TODAY)
            another = taken.another or (taken.asks and who not in people_in(self.answers))
            if another:
                self._put_aside(before, FORM)
        self.answers |= found if another else taken.answers
        self.one.taken(self.answers, TODAY)
        self.texts = {}

    @rule(who=WHO, order=st.permutations(identity.IDENTIFYING), more=st.sampled_from([0, 2, 9]))
    def type_a_patient(self, who: str, order: list[str], more: int) -> None:
        """Type who it is, and then about them; a question that comes up meanwhile is answered when it comes."""
        self.mind = who
        locked = self.correction is not None
        for key in [*order, *OTHERS[:more]]:
            if not (locked and key == identity.NUMBER) and self.answers.get(key, "") != PEOPLE[who][key]:
                self._type(key, PEOPLE[who][key])
                locked = locked and self.correction is not None

    @precondition(lambda self: self.asks)
    @rule()
    def answer(self) -> None:
        typed = self.one.parted(self.answers).typed
        nobodys = not self.one.owner
        if not typed or (people_in(typed) if nobodys else self._whose() in people_in(typed)):
            self.one.taken(self.answers, TODAY)
            self.asks, self.texts = False, {}
            return
        if nobodys:
            self._put_aside("", FORM)
            return
        wrong, whose = self.correction, self._whose()
        parted = self.one.parted(self.answers)
        self.answers = parted.before
        if wrong is None:
            self._put_aside(whose, parted.apart(FORM))
        else:
            done = {**FORM.answers, **of_the_act(self.answers)}
            self._put_aside(whose, parted.apart(FormState(done, withdraws=wrong)))
        meant = people_in(parted.typed)
        if meant and not identity.identity_of(self.answers, TODAY).known():  # whose the answers are is said
            for key in identity.IDENTIFYING:
                self._type(key, PEOPLE[min(meant)][key])
            self.mind = min(meant)

    @precondition(lambda self: any(self.texts.values()))
    @rule(pick=st.randoms(use_true_random=False))
    def undo(self, pick: random.Random) -> None:
        key = pick.choice([key for key, before in self.texts.items() if before])
        self.answers[key] = self.texts[key].pop()
        self.one.typed(self.answers, TODAY)
        self._follow()
        if not self.asks:  # the form names its own patient again
            self.mind = self._whose() or self.mind

    @rule()
    def next_patient(self) -> None:
        self._put_aside(self._whose(), FORM)

    @precondition(lambda self: self.drafts)
    @rule(pick=st.randoms(use_true_random=False))
    def resume(self, pick: random.Random) -> None:
        draft = self.drafts.pop(pick.choice(sorted(self.drafts)))
        self._put_aside(self._whose(), FormState.from_json(draft.state.to_json()))
        self.mind = draft.whose

    @rule(who=WHO)
    def import_record(self, who: str) -> None:
        self._put_aside(self._whose(), FormState(dict(PEOPLE[who])))
        self.mind = who

    @rule(who=st.sampled_from(KNOWN))
    def correct(self, who: str) -> None:
        begun = self.counter.desk.acts.begin_correction(self.counter.desk_records[who], "Why")  # type: ignore[attr-defined]
        self._put_aside(self._whose(), begun.state)
        self.mind = who

    @rule(another=st.booleans())
    def lock(self, another: bool) -> None:
        """Lock, which keeps the form; the same or another person signs in."""
        kept = FormState.from_json(self._state().to_json())
        assert dict(kept.answers) == self.answers
        assert bool(kept.agreed) is bool(self.one.in_doubt(self.answers, TODAY))
        if another and not self.answers[identity.FAMILY]:
            self._type("session.vaccinator", "2" if self.answers["session.vaccinator"] == "1" else "1")

    # ---- what must hold

    @invariant()
    def check_offers_one_patient(self) -> None:
        if self.asks or not identity.is_somebodys(self.answers):
            return
        for kept in self.drafts.values():
            if not kept.state.agreed:  # it asks nothing when it is resumed
                assert people_in(kept.state.answers), "two people in a draft that asks nothing"
        if people_in(self.answers):
            return
        problems = self.counter.desk.preview("vaccination", self._state()).problems
        barred = [p for p in problems if p.severity is Severity.STOP and p.field in identity.OF_THE_PATIENT]
        asked = [p for p in problems if p.needs_reason and p.field == identity.NUMBER]
        assert barred or asked, "Check offers a record of two people"


@pytest.fixture
def known(counter: Counter) -> Counter:
    records = {}
    for name in KNOWN:
        changes = {key.replace(".", "__"): text for key, text in PEOPLE[name].items()}
        records[name] = counter.record(**changes)
    counter.desk_records = records  # type: ignore[attr-defined]
    return counter


def play(known: Counter, examples: int, steps: int, dice: int | None = None) -> None:
    """Play so many orders; the same each time, or those that ``dice`` draws."""
    machine = type("WithThisDesk", (OneForm,), {"counter": known})
    run_state_machine_as_test(
        machine if dice is None else seed(dice)(machine),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=dice is None,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_no_sequence_makes_check_offer_a_record_of_two_patients(known: Counter) -> None:
    play(known, 25, 15)


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_no_sequence_of_many_makes_check_offer_a_record_of_two_patients(known: Counter) -> None:
    play(known, sized(1_200, 60), 20, seeded().randrange(2**32))


def test_a_name_in_place_of_a_number_or_birth_that_stood_alone_is_asked_about() -> None:
    """The answers given meanwhile are of whoever the number or the birth names."""
    for first, text in ((identity.NUMBER, "999 012 3020"), (identity.BORN, "12/3/1971")):
        for said in ({"consent.to_treatment": "yes"}, {}):
            one, answers = OnePatient(), {first: text}
            one.begin(FormState({}), {}, TODAY)
            assert not one.follow(answers, TODAY)
            answers = {**answers, **said}
            one.typed(answers, TODAY)
            assert not one.follow(answers, TODAY)
            assert not one.follow({**answers, first: ""}, TODAY)
            assert bool(one.follow({**answers, first: "", identity.FAMILY: "Quill"}, TODAY)) is bool(said)
