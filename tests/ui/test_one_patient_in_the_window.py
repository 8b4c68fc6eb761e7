"""Through the real window in any order: the record that Check offers holds values of one patient only."""

import json
import random
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt

from digmed_desktop.clinical import identity, json_record
from digmed_desktop.clinical.nhs_number import digits
from digmed_desktop.desk.views.general import DraftView
from digmed_desktop.scanning.burst import Burst
from digmed_desktop.ui.context import FormStart
from digmed_desktop.ui.pages.drafts import DraftsPage
from tests.clinical.examples import complete_record
from tests.desk.test_one_patient import KNOWN, OTHERS, PEOPLE, people_in
from tests.long.registry import sized
from tests.ui.conftest import Bench

CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass
class Clerk:
    """Somebody at the counter who does things in any order, and answers truthfully what the program asks."""

    bench: Bench
    pick: random.Random
    records: dict[str, int]
    offered: int = 0
    asked: int = 0
    done: list[str] = field(default_factory=list)
    mind: str = ""

    def settle(self) -> None:
        for _ in range(3):
            self.bench.idle()

    def whose(self) -> str:
        owner = self.bench.form.person.owner
        return next(
            (n for n, one in PEOPLE.items() if owner and all(one.get(k) == v for k, v in owner.items())), ""
        )

    def find(self) -> None:
        search = self.bench.form.search
        if not search.isVisible():
            return
        self.mind = self.pick.choice(sorted(PEOPLE))
        search.focus()
        self.bench.keys(PEOPLE[self.mind][identity.NUMBER])
        self.bench.until(lambda: search.box.list.count() > 0 or not search.box.said.isHidden())
        self.bench.key(Qt.Key.Key_Return)
        self.settle()

    def scan(self) -> None:
        self.mind = self.pick.choice(sorted(PEOPLE))
        self.bench.window.counter.scanned(
            Burst(digits(PEOPLE[self.mind][identity.NUMBER]) or "", 5.0, prefixed=True)
        )
        self.settle()

    def type_over(self) -> None:
        self.mind = self.pick.choice(sorted(PEOPLE))
        for key in (identity.NUMBER, identity.FAMILY, identity.GIVEN, *self.pick.sample(OTHERS, 2)):
            if not self.bench.form.form.fields[key].isHidden():
                self.bench.form.focus_field(key)  # opens the card that it is folded in
                self.bench.key(Qt.Key.Key_A, CTRL)
                self.bench.keys(PEOPLE[self.mind][key])
                self.bench.key(Qt.Key.Key_Tab)
        self.settle()

    def undo(self) -> None:
        for _ in range(self.pick.randint(1, 3)):
            self.bench.key(Qt.Key.Key_Z, CTRL)
        self.settle()
        if not self.bench.form.person.asks:
            self.mind = self.whose() or self.mind

    def import_record(self) -> None:
        self.mind = self.pick.choice(sorted(PEOPLE))
        changes = {key.replace(".", "__"): text for key, text in PEOPLE[self.mind].items()}
        self.bench.window.open_record(json_record.dumps(complete_record(**changes)))
        self.settle()

    def draft(self) -> None:
        self.bench.key(Qt.Key.Key_F9)
        self.settle()
        self.bench.window.go("drafts")
        self.settle()
        page = self.bench.window.page("drafts")
        assert isinstance(page, DraftsPage)
        if not page.going_on:
            self.bench.window.go("vaccinate")
            return
        self.pick.choice(page.going_on).click()
        self.settle()
        self.mind = self.whose() or self.mind

    def correct(self) -> None:
        self.mind = self.pick.choice(KNOWN)
        begun: list = []  # type: ignore[type-arg]
        of = self.records[self.mind]
        self.bench.office.ask(lambda desk: desk.acts.begin_correction(of, "A test."), begun.append)
        self.bench.until(lambda: bool(begun))
        self.bench.window.begin_form(FormStart(begun[0].form, whole=begun[0].state))
        self.settle()

    def lock(self) -> None:
        """Lock, and let the same or another person sign in."""
        people = self.bench.window.context.people
        self.bench.key(Qt.Key.Key_L, CTRL)
        self.bench.window.signing_in.let_in(self.pick.choice(people))
        self.settle()

    def answer_the_rest(self) -> None:
        """Answer everything that is still open, about the patient who stands there."""
        form = self.bench.form
        if form.person.asks or not self.mind or self.whose() != self.mind:
            return
        now = form.form.answers()
        rest = {k: v for k, v in PEOPLE[self.mind].items() if not now.get(k) and k in now}
        form.form.set_answers(rest, keep_rest=True)
        for key in rest:
            form.touched(key)
        self.settle()

    def answer(self) -> None:
        """Say whose form it is, when that is asked."""
        person = self.bench.form.person
        if person.asks:
            typed = person.one.parted(self.bench.form.form.answers()).typed
            meant = people_in(typed)
            same = not typed or (self.whose() in meant if person.owner else bool(meant))
            self.asked += 1
            self.done.append("same" if same else "another")
            (person.slip if same else person.another).click()
            self.settle()
            if not self.whose():
                self.say_who(meant)
            self.mind = self.whose() or self.mind

    def say_who(self, meant: set[str]) -> None:
        """Say whose the answers are that were given to a form of their own without a name."""
        if meant:
            who = PEOPLE[self.pick.choice(sorted(meant))]
            form = self.bench.form
            form.form.set_answers({key: who[key] for key in identity.IDENTIFYING}, keep_rest=True)
            form.touched(identity.NUMBER)
            form.whose.follow()

    def check(self) -> None:
        form, check = self.bench.form, self.bench.window.check
        form.check_now()
        self.settle()
        if not check.isVisible():
            return
        looked_at = check.open_warnings()
        if people_in(form.form.answers()):
            self.offered += 1
        else:
            asked = [p for p in form.preview.preview.problems if p.field == identity.NUMBER]
            shown = {k: form.form.answers()[k] for k in (*identity.IDENTIFYING, *OTHERS)}
            assert looked_at, f"two people on the check page after {self.done}: {shown}"
            assert any(p.needs_reason for p in asked), f"two people are checked after {self.done}: {shown}"
        self.bench.window.visit(form)

    ACTS = (
        find,
        find,
        scan,
        type_over,
        type_over,
        undo,
        import_record,
        draft,
        correct,
        lock,
        answer_the_rest,
        answer,
    )

    def act(self, steps: int) -> None:
        for _ in range(steps):
            act = self.pick.choice(self.ACTS)
            self.done.append(f"{act.__name__}")
            if not self.bench.form.isVisible():
                self.bench.window.visit(self.bench.form)
            act(self)
            self.done[-1] += f" {self.mind}"
            if self.pick.random() < 0.5:
                self.answer()
            self.answer_the_rest()
            self.check()
            self.drafts_hold_one_person()

    def drafts_hold_one_person(self) -> None:
        got: list[list[DraftView]] = []
        self.bench.form.save_draft()
        self.bench.office.ask(lambda desk: list(desk.drafts()), got.append)
        self.bench.until(lambda: bool(got))
        for draft in got[0]:
            if not draft.state.agreed:  # it asks nothing
                shown = {k: draft.state.answers.get(k) for k in (*identity.IDENTIFYING, *OTHERS)}
                assert people_in(draft.state.answers), f"two people in a draft after {self.done}: {shown}"


@pytest.fixture
def records(bench: Bench) -> dict[str, int]:
    made: dict[str, int] = {}
    for name in KNOWN:
        state = json.dumps(PEOPLE[name])
        got: list[int | None] = []

        def send(desk, text=state, token=name):
            from digmed_desktop.clinical.form_state import FormState

            whole = FormState(json.loads(text))
            asked = [p for p in desk.preview("vaccination", whole).problems if p.needs_reason]
            whole = FormState(whole.answers, reasons={p.reason_key: "A test." for p in asked})
            return desk.send("vaccination", token, whole, 1).notification

        bench.office.ask(send, got.append)
        bench.until(lambda got=got: bool(got))
        assert got[0] is not None
        made[name] = got[0]
    return made


def play(bench: Bench, records: dict[str, int], seed: int, steps: int) -> Clerk:
    clerk = Clerk(bench, random.Random(seed), records)
    clerk.act(steps)
    return clerk


def test_check_offers_one_patient_whatever_was_done_before(bench: Bench, records: dict[str, int]) -> None:
    clerk = play(bench, records, seed=13, steps=14)
    assert clerk.offered, "this order of acts leads to no check page"
    assert clerk.asked, "this order of acts asks nothing"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(sized(60, 6)))
def test_check_offers_one_patient_in_many_orders(bench: Bench, records: dict[str, int], seed: int) -> None:
    play(bench, records, seed, steps=25)
