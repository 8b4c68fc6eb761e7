"""Answers gathered from a record of another system: what fits a question, and in words what fits none."""

from collections.abc import Iterable, Mapping
from datetime import date

from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.record import Coded, Professional

HEADING = "From the other system, without a place on this form:"


class Sheet:
    """Answers as they are gathered, and what has no place among them."""

    def __init__(self, begun: tuple[dict[str, str], list[str]]) -> None:
        self.answers, self.left = begun

    def put(self, field: str, answer: str) -> None:
        """Answer a question; an empty answer is none."""
        if answer:
            self.answers[field] = answer

    def keep(self, label: str, words: str) -> None:
        """Keep in words what has no place."""
        if words.strip():
            self.left.append(f"{label}: {words.strip()}")

    def note(self, notes: str) -> None:
        """Write the notes kept here: the record's own, then what has no place on the form."""
        lines = [notes.strip(), *([HEADING, *self.left] if self.left else [])]
        self.put("after.notes", "\n".join(line for line in lines if line))

    def person(self, field: str, here: str, said: Professional | None, label: str) -> None:
        """Answer with the id of a person ``here``; one who is not here is kept in words."""
        self.put(field, here)
        if said and not here:
            self.keep(label, f"{said.name.spoken()} {said.regulator.value} {said.registration}")

    def choose(self, field: str, options: Iterable[Option], said: str, label: str) -> None:
        """Answer with the option of that label or id; words that fit none are kept."""
        wanted = said.strip().lower()
        found = next((o.id for o in options if wanted in (o.label.lower(), o.id)), "")
        self.put(field, found)
        if wanted and not found:
            self.keep(label, said)

    def code(
        self, field: str, options: Iterable[Option], said: Coded | None, of: Mapping[str, Coded], label: str
    ) -> None:
        """Answer with the option that has this code, or these words."""
        if said is None or not said.display.strip():
            return
        found = next((o.id for o in options if same(of.get(o.id), said) or o.label == said.display), "")
        self.put(field, found)
        if not found:
            self.keep(label, f"{said.display} {said.code}".strip())


def same(one: Coded | None, other: Coded) -> bool:
    """Whether two terms are one: by their codes where both have one, else by their words."""
    if one is None:
        return False
    return one.code == other.code if one.is_coded and other.is_coded else one.display == other.display


def yes_no(answer: bool | None) -> str:
    """Return an answer as the form writes it."""
    return "" if answer is None else "yes" if answer else "no"


def day(of: date | None) -> str:
    """Return a date as the form writes it."""
    return f"{of.day}/{of.month}/{of.year}" if of else ""
