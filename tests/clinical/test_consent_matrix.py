"""Who decides at which age: every cell of the table, at the edges of each age, on both forms and at every door."""

from datetime import date, timedelta
from itertools import product

from digmed_desktop.clinical.problem import Problem
from digmed_desktop.reference.programmes import programmes
from tests.clinical import supply_examples
from tests.clinical.doors import through
from tests.clinical.examples import FLU, NOW, complete_answers, typed

TODAY, SUPPLY_DAY = NOW.date(), supply_examples.NOW.date()
FINE, ASK, STOP = "nothing", "a reason", "advice"
BANDS = {
    "infant": (0, 0),
    "under 13": (1, 12),
    "13 to 15": (13, 15),
    "16 and 17": (16, 17),
    "adult": (18, 99),
}
TABLE = {  # who decided -> what is asked of an infant, under 13, 13 to 15, 16 and 17, an adult
    "patient": (STOP, ASK, FINE, FINE, FINE),
    "parent": (FINE, FINE, FINE, ASK, STOP),
    "clinician": (ASK, ASK, ASK, FINE, FINE),
    "power-of-attorney": (STOP, STOP, STOP, STOP, FINE),
    "court-deputy": (ASK, ASK, ASK, FINE, FINE),
    "imca": (ASK, ASK, ASK, ASK, ASK),
}
ANSWERS = {
    "consent.name": "Ada Bell",
    "consent.relationship": "Daughter",
    "consent.parental_responsibility": "yes",
    "consent.authority": "yes",
    "consent.consulted": "Joan Smith, daughter",
    "consent.assessed_by": "Amira Khan",
    "consent.retains": "yes",
    "consent.communicates": "yes",
}
PARTS = ("understands", "retains", "weighs", "communicates")


def birthdays(years: int, day: date = TODAY) -> tuple[date, date]:
    """The birth of somebody who is so old since a day, and of one who is until that day."""
    return day.replace(year=day.year - years), day.replace(year=day.year - years - 1) + timedelta(1)


def answers(giver: str, born: date, **changes: str) -> dict[str, str]:
    able = "yes" if giver == "patient" else "no"
    said = {
        **ANSWERS,
        "consent.given_by": giver,
        "consent.understands": able,
        "consent.weighs": able,
        "patient.date_of_birth": typed(born),
    }
    return said | {f"consent.{part}": answer for part, answer in changes.items()}


def level(problems: tuple[Problem, ...]) -> str:
    """The heaviest that is asked of the consent."""
    mine = [one for one in problems if one.field.startswith("consent.")]
    if any(one.needs_adviser for one in mine):
        return STOP
    return ASK if any(one.needs_reason for one in mine) else FINE


def at_vaccination(given: dict[str, str]) -> str:
    said = through(complete_answers() | given, FLU)
    asked = [one for one in said.at_form if one.field.startswith("consent.") and one.needs_reason]
    for one in asked:
        assert said.everywhere(one.sentence), one.sentence
    if not asked:
        assert not [where for where, _told in said.at_build if where.startswith("record.consent")]
    return level(said.at_form)


def at_supply(given: dict[str, str]) -> str:
    result = supply_examples.reading(supply_examples.complete_answers() | given)
    return level((*result.problems, *result.notes))


def test_every_cell_of_the_table_asks_what_it_says_on_both_forms_and_at_every_door() -> None:
    tried = 0
    for (band, (first, last)), giver in product(BANDS.items(), TABLE):
        wanted = TABLE[giver][list(BANDS).index(band)]
        for years, edge in ((first, 0), (last, 1)):
            born, of_supply = (birthdays(years, day)[edge] for day in (TODAY, SUPPLY_DAY))
            assert at_vaccination(answers(giver, born)) == wanted, (band, giver)
            assert at_supply(answers(giver, of_supply)) == wanted, (band, giver)
            tried += 1
    assert tried == 60


def test_every_programme_offers_the_givers_of_the_table_and_no_other() -> None:
    for one in programmes():
        assert {option.id for option in one.lists["consent_givers"]} == set(TABLE), one.id


def test_a_further_answer_against_the_decision_stops_or_asks_at_each_age() -> None:
    for years in (0, 5, 14, 16, 17):
        born = birthdays(years)[0]
        assert at_vaccination(answers("parent", born, parental_responsibility="no")) == STOP, years
    for years, giver in product((18, 40, 99), ("power-of-attorney", "court-deputy")):
        assert at_vaccination(answers(giver, birthdays(years)[0], authority="no")) == ASK, (years, giver)
    for years, part in product((13, 15), PARTS):
        wanted = STOP if part in ("understands", "weighs") else ASK
        assert at_vaccination(answers("patient", birthdays(years)[0], **{part: "no"})) == wanted, part
    able = dict.fromkeys(PARTS, "yes")
    for years, giver in product((18, 40), ("clinician", "power-of-attorney", "court-deputy")):
        assert at_vaccination(answers(giver, birthdays(years)[0], **able)) == ASK, (years, giver)


def test_a_note_or_an_able_child_silences_none_of_it() -> None:
    infant = answers("patient", birthdays(0)[1], about_child="Bright for her age")
    assert at_vaccination(infant) == STOP
