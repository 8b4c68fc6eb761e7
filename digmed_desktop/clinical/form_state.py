"""A form as it stands: its answers, and what is known about them without being an answer.

Kept as JSON with drafts and notifications. The text of version 1 was one flat object, in which the same facts stood
under the keys ``carried``, ``correction.of``, ``correction.why`` and ``reason.<question>.<check sum>``; it is still read.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from digmed_desktop.clinical.form import Answers, Form
from digmed_desktop.clinical.identity import BORN
from digmed_desktop.clinical.problem import REASON, Problem
from digmed_desktop.clinical.record import PersonName

ELIGIBILITY = "vaccine.eligibility"
_CARRIED, _OF, _WHY = "carried", "correction.of", "correction.why"  # the keys of version 1


@dataclass(frozen=True, slots=True)
class CorrectionOf:
    """The notification that a form corrects, and why."""

    notification: int
    why: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class FormState:
    """A form half or wholly filled in. Patient data.

    ``answers``: by question id, exactly as typed. ``carried``: the questions whose answer came from the last patient,
    a colleague or another system and that nobody has confirmed. ``reasons``: why a person continues, by
    :attr:`Problem.reason_key`.
    ``withdraws``: the record of another patient that is taken back once this one is stored. ``owner``: the identifying
    answers of the patient for whom the form was begun (:mod:`digmed_desktop.clinical.identity`). ``agreed``: while another
    patient is typed over that one, all answers as they were before.
    """

    answers: Answers = field(default_factory=dict, repr=False)
    carried: frozenset[str] = frozenset()
    correction: CorrectionOf | None = None
    reasons: Mapping[str, str] = field(default_factory=dict, repr=False)
    owner: Mapping[str, str] = field(default_factory=dict, repr=False)
    withdraws: CorrectionOf | None = None
    agreed: Answers = field(default_factory=dict, repr=False)

    def answered(self, answers: Answers) -> Self:
        """Return the form with these answers in place of its own to the same questions."""
        return replace(self, answers={**self.answers, **answers})

    def reason_for(self, problem: Problem) -> str:
        """Return why a person continues in spite of a problem, ``""`` if nobody said so in words."""
        reason = self.reasons.get(problem.reason_key, "").strip()
        return reason if problem.takes(reason) else ""

    def unconfirmed(self, form: Form) -> tuple[str, ...]:
        """Return the questions of ``form`` that are asked now and have an answer that nobody has confirmed."""
        asked = form.asked(self.answers)
        return tuple(
            one.id
            for one in form.fields()
            if one.id in self.carried and one.id in asked and self.answers.get(one.id)
        )

    def case_of(self, question: str) -> str:
        """Return for whom and of which product a reason at a question is given: with another it is asked anew."""
        item = ".".join(question.split(".")[:2]) if question.startswith("item.") else ""
        products = sorted(key for key in self.answers if key.endswith(".product") and key.startswith(item))
        return "\n".join(self.answers.get(key, "") for key in (*products, BORN, ELIGIBILITY, question))

    @property
    def patient_name(self) -> PersonName:
        """The patient's name as far as it was typed."""
        return PersonName(self.answers.get("patient.given", ""), self.answers.get("patient.family", ""))

    def to_json(self) -> str:
        """Return the form as JSON text."""
        whole: dict[str, Any] = {"answers": dict(self.answers)}
        if self.carried:
            whole["carried"] = sorted(self.carried)
        if self.correction:
            whole["correction"] = {"of": self.correction.notification, "why": self.correction.why}
        if self.reasons:
            whole["reasons"] = dict(self.reasons)
        if self.owner:
            whole["owner"] = dict(self.owner)
        if self.withdraws:
            whole["withdraws"] = {"of": self.withdraws.notification, "why": self.withdraws.why}
        if self.agreed:
            whole["agreed"] = dict(self.agreed)
        return json.dumps(whole, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the form in a JSON text of this version or of version 1; another text raises any fault of reading."""
        whole: dict[str, Any] = json.loads(text)
        answers = whole.get("answers")
        if not isinstance(answers, dict):
            return cls._of_version_1(whole)
        if not all(isinstance(text, str) for text in answers.values()):
            raise ValueError("an answer is not text")
        corrected, withdrawn = whole.get("correction"), whole.get("withdraws")
        return cls(
            answers=whole["answers"],
            carried=frozenset(whole.get("carried", ())),
            correction=CorrectionOf(int(corrected["of"]), corrected["why"]) if corrected else None,
            reasons=whole.get("reasons", {}),
            owner=whole.get("owner", {}),
            withdraws=CorrectionOf(int(withdrawn["of"]), withdrawn["why"]) if withdrawn else None,
            agreed=whole.get("agreed", {}),
        )

    @classmethod
    def _of_version_1(cls, flat: Mapping[str, str]) -> Self:
        of = flat.get(_OF, "")
        besides = {key for key in flat if key in (_CARRIED, _OF, _WHY) or key.startswith(REASON)}
        return cls(
            answers={key: text for key, text in flat.items() if key not in besides},
            carried=frozenset(filter(None, flat.get(_CARRIED, "").split(","))),
            correction=CorrectionOf(int(of), flat.get(_WHY, "")) if of.isdigit() else None,
            reasons={key: flat[key] for key in besides if key.startswith(REASON)},
        )
