"""Judge one form once, its record and its obstacles: for its preview and for Send."""

from dataclasses import dataclass, replace
from typing import Generic, Self

from digmed_desktop.clinical.answers import was_done
from digmed_desktop.clinical.form import load
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import (
    ALL_THE_SAME,
    Problem,
    Severity,
    done_all_the_same,
    facts_of,
    join_concerns,
    line_of_reason,
    stops_of,
)
from digmed_desktop.clinical.questions.forms import of
from digmed_desktop.clinical.reading import Reading, RecordT
from digmed_desktop.desk.forms.correcting import Plan
from digmed_desktop.desk.forms.record_kinds import outcome_of
from digmed_desktop.messaging.story import Outcome

_MUST_SAY = {False: "Say why you continue", True: "Do not continue unless someone advised it; then say who"}
DONE_ALREADY = "If this was done already, a pharmacist records what happened: answer Yes here, and say why."
NOT_CONFIRMED = (
    "This was carried over from an earlier form or filled in by someone else, and nobody has confirmed it. Confirm it "
    "on the check page, or answer it again."
)
NOTHING_WAS_DONE = (
    "This answer says that it was done all the same, but the "
    "outcome says that it was not. Change one of them."
)
NOTHING_REFUSED = (
    "This answer says that it was done all the same, but nothing here refuses it now. Remove the "
    "answer, or say what happened. The practice reads the account of the incident."
)


@dataclass(frozen=True, slots=True)
class Assessment(Generic[RecordT]):
    """A form with its reading, how its message follows an earlier one, and every problem.

    ``problems`` are those of the form, of the message and of the counter, stops and warnings, as people see them.
    """

    state: FormState
    reading: Reading[RecordT]
    plan: Plan
    problems: tuple[Problem, ...]

    @property
    def record(self) -> RecordT:
        """The record that the form makes."""
        return self.reading.record

    @property
    def stops(self) -> tuple[Problem, ...]:
        """Return the problems that prevent finishing."""
        return stops_of(self.problems)

    @property
    def paper_only(self) -> bool:
        """Whether the record is complete and only the electronic way is closed."""
        return self.reading.only_on_paper and not self.stops

    @property
    def not_shared(self) -> bool:
        """Whether the record stays here: the patient does not agree to share this with the practice."""
        return self.reading.unshared and not self.plan.known_there and not self.plan.refused

    def in_the_way(self) -> tuple[Problem, ...]:
        """Return all that prevents finishing: stops, warnings without a reason, answers that nobody confirmed."""
        return (*self.stops, *self._unanswered(), *self._unconfirmed())

    def _unconfirmed(self) -> tuple[Problem, ...]:
        """Return a problem for each answer that was carried over and that nobody has confirmed."""
        form = load(of(self.record).form_id).laid_out(self.state.answers)
        return tuple(Problem(question, NOT_CONFIRMED) for question in self.state.unconfirmed(form))

    def _unanswered(self) -> tuple[Problem, ...]:
        """Return a problem for each warning that needs a reason and has none yet."""
        return tuple(
            Problem(problem.field, f"{_MUST_SAY[problem.needs_adviser]}: {problem.sentence}")
            for problem in self.problems
            if problem.needs_reason and not self.state.reason_for(problem)
        )

    def with_problems(self, first: tuple[Problem, ...]) -> Self:
        """Return the assessment with further problems before its own, and the way on where an act is refused."""
        problems = (*first, *(p for p in self.problems if p not in first))
        if was_done(self.state.answers):  # nobody advises what has happened
            problems = tuple(done_all_the_same(p) if p.needs_adviser else p for p in problems)
        if any(p.refuses_act or p.needs_adviser for p in problems):
            question = of(self.record).question("incident.done")
            problems = (*problems, Problem(question, DONE_ALREADY, Severity.LOOK))
        every = (*problems, *self._unfounded(problems))
        return replace(
            self,
            problems=tuple(
                replace(p, about=self.state.case_of(p.field)) if p.needs_reason else p
                for p in join_concerns(every)
            ),
        )

    def _unfounded(self, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
        """Return what speaks against an incident: nothing was done, or nothing refuses what was."""
        if not self.record.incident.done:
            return ()
        question = of(self.record).question("incident.done")
        if outcome_of(self.record) in (Outcome.NOT_GIVEN, Outcome.NOT_SUPPLIED):
            return (Problem(question, NOTHING_WAS_DONE),)
        if any(p.sentence.startswith(ALL_THE_SAME) for p in problems):
            return ()
        return (Problem(question, NOTHING_REFUSED, Severity.LOOK, needs_reason=True),)

    def decided(self) -> tuple[str, ...]:
        """Return each warning that someone answered, with the reason; one that shares the reason of another, too."""
        return tuple(
            line_of_reason(said, reason)
            for problem in self.problems
            if problem.needs_reason and (reason := self.state.reason_for(problem))
            for said in (problem, *facts_of(problem, self.problems))
            if said is problem or said.shares_reason
        )

    def noted(self, people: str) -> Self:
        """Return the assessment whose record keeps in its notes how it came about: warnings, reasons, ``people``.

        The answers stay as they were typed.
        """
        notes = "\n".join(line for line in (self.record.notes_kept_here, *self.decided(), people) if line)
        record = replace(self.record, notes_kept_here=notes)
        return replace(self, reading=replace(self.reading, record=record))
