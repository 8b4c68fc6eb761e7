"""Fills the pages beside the counter: stock, people, an incident, a record to sign, and an emergency supply."""

from collections.abc import Callable, Iterator

from digmed_desktop.desk.desk import Desk
from digmed_desktop.desk.views.sent import Begun
from digmed_desktop.messaging.states import State
from digmed_desktop.tour.chapters.supply import Chapters as Supplies
from digmed_desktop.tour.counter_scenes import SETTLED_MS, CounterScenes
from digmed_desktop.tour.moves import Moves
from digmed_desktop.tour.player import TourError, pause
from digmed_desktop.ui.context import FormStart
from digmed_desktop.ui.pages.form_page import FormPage

BATCHES = (
    {"stock.product": "influenza-2026-27|ativ", "stock.number": "PRAC26A1", "stock.expiry": "31/5/2027"},
    {"stock.product": "influenza-2026-27|tivc", "stock.number": "SQ2611", "stock.expiry": "31/3/2027"},
    {"stock.product": "influenza-2026-27|ativ", "stock.number": "PRAC26A2", "stock.expiry": "30/6/2027"},
)
COLLEAGUE = {
    "person.given": "Orla",
    "person.family": "Brandon",
    "person.role": "pharmacist",
    "person.regulator": "GPhC",
    "person.registration": "9900102",
    "person.access": "",
    "person.pin": "614283",
    "person.pin_again": "614283",
}
INCIDENT = {
    "logged.kind": "fridge",
    "logged.what": "The vaccine fridge showed 11 degrees at opening. The door had been left ajar.",
    "logged.time": "08:40",
    "logged.batches": "SQ2611",
}
OUTCOMES = {
    "Not known at the practice": State.NOT_KNOWN_THERE,
    "Practice says it has a copy": State.ALREADY_HELD,
}
"""Practice mode's patients, by the label of each, whose records need action."""


class RecordScenes:
    """The pages of records in one window. :meth:`prepare` makes what they show."""

    def __init__(self, counter: CounterScenes, moves: Moves) -> None:
        self.counter, self.moves, self.player, self.window = counter, moves, moves.player, moves.window
        self.supplied = 0

    def pages(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield the name of every page, and how to come there."""
        yield "supply-form", self._supply_form
        yield "supply-check", self._supply_check
        yield "supply-notification", self._supply_story

    def prepare(self) -> None:
        """Record a supply, batches, an incident, what practices answer, and a record that a colleague has to sign."""
        Supplies(self.moves).insulin_over_easter()
        self.supplied = self.moves.newest().id
        self._fill()
        for patient in self.moves.practice.patients:
            if patient.label in OUTCOMES:
                self.moves.wait_for_end(self.counter.send(patient.answers), {OUTCOMES[patient.label]})
        self._add_colleague()
        colleague = next(one for one in self.window.context.people if one.id != self.window.context.acting.id)
        patient = self.moves.matched_patients()[1]
        self.counter.send({**patient.answers, "session.vaccinator": str(colleague.id)})

    def _fill(self) -> None:
        by, today = self.window.context.acting.id, self.window.context.now()

        def work(desk: Desk) -> None:
            for batch in BATCHES:
                desk.stock.add({**batch, "stock.use_before": "", "stock.gtin": ""}, by)
            desk.incidents.record({**INCIDENT, "logged.date": f"{today:%d/%m/%Y}"})

        done: list[int] = []
        self.moves.office.ask(work, lambda _n: done.append(1))
        self.player.wait_for("the records to be made", lambda: bool(done))

    def _add_colleague(self) -> None:
        self.window.go("people")
        page = self.window.people
        if page is None:
            raise TourError("there is no page of people")
        for key, text in COLLEAGUE.items():
            if key in page.fields:
                page.fields[key].editor.set_answer(text)
        page.add.click()
        self.player.wait_for("the colleague", lambda: len(self.window.context.people) > 1)

    # ---- the emergency supply

    def _begin_supply(self) -> None:
        """Begin a supply with everything that the one recorded says."""
        self.counter.come_in()
        begun: list[Begun] = []
        self.moves.office.ask(
            lambda desk: desk.acts.begin_correction(self.supplied, "The quantity was misread."), begun.append
        )
        self.player.wait_for("the supply", lambda: bool(begun))
        self.window.begin_form(FormStart(begun[0].form, answers=dict(begun[0].state.answers)))
        pause(SETTLED_MS)

    def _supply_form(self) -> None:
        self._begin_supply()

    def _supply_check(self) -> None:
        self._begin_supply()
        form = self.window.page("supply")
        if not isinstance(form, FormPage):
            raise TourError("there is no form of an emergency supply")
        form.check_now()
        pause(SETTLED_MS)

    def _supply_story(self) -> None:
        self.counter.come_in()
        self.counter.open(self.supplied)
