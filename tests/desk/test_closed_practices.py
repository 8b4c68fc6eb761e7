"""Closed practices: what is known here of who took over, and what the national directory adds."""

from datetime import date

import pytest

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.practices import ListedPractice
from digmed_desktop.clinical.record import Address, Organisation
from digmed_desktop.messaging.errors import DigMedError
from tests.clinical.examples import complete_answers
from tests.desk.conftest import Counter

OLD = "A81001"


class Directory:
    """Answers as the national directory does; what it does not hold it does not know."""

    def __init__(self, *practices: ListedPractice) -> None:
        self.by_code = {one.organisation.ods_code: one for one in practices}
        self.asked: list[str] = []

    def of_code(self, code: str) -> ListedPractice | None:
        self.asked.append(code)
        return self.by_code.get(code)


def closed(code: str, successor: str = "", *, name: str = "Old Surgery") -> ListedPractice:
    return ListedPractice(
        Organisation(name, code), open=False, closed_on=date(2026, 3, 31), successor=successor
    )


def is_open(code: str, name: str) -> ListedPractice:
    return ListedPractice(Organisation(name, code, Address(("1 High Street",), "Leeds", "LS1 1AA")))


def use(counter: Counter, *practices: ListedPractice) -> Directory:
    directory = Directory(*practices)
    counter.desk.directory._directory = directory  # type: ignore[assignment]
    return directory


def test_a_successor_that_is_known_here_is_named_and_asks_nobody(counter: Counter) -> None:
    counter.store.gp_practices.replace([closed(OLD, "B82003"), is_open("B82003", "New Surgery")])
    directory = use(counter)
    found = counter.desk.directory.closed("a81001")
    assert found is not None
    assert found.sentence.startswith("This practice closed on 31 Mar 2026. New Surgery (B82003) took over")
    assert found.heir is not None
    assert found.heir.address.lines == ("1 High Street",)
    assert counter.desk.directory.closed("B82003") is None
    assert counter.desk.directory.closed("C83000") is None
    assert directory.asked == []


def test_a_successor_that_closed_too_is_followed_to_the_one_that_is_open(counter: Counter) -> None:
    counter.store.gp_practices.replace(
        [closed(OLD, "B82003"), closed("B82003", "C83004"), is_open("C83004", "Newest Surgery")]
    )
    found = counter.desk.directory.closed(OLD)
    assert found is not None
    assert found.heir is not None
    assert found.heir.ods_code == "C83004"
    assert "Newest Surgery (C83004) took over" in found.sentence


def test_a_line_of_successors_that_turns_in_a_circle_ends(counter: Counter) -> None:
    counter.store.gp_practices.replace([closed(OLD, "B82003"), closed("B82003", OLD)])
    found = counter.desk.directory.closed(OLD)
    assert found is not None
    assert found.heir is None


def test_what_the_directory_says_is_kept(counter: Counter) -> None:
    counter.store.gp_practices.replace([closed(OLD), is_open("C83004", "Newest Surgery")])
    before = counter.desk.directory.closed(OLD)
    assert before is not None
    assert before.heir is None
    assert "Ask the patient which practice is theirs now" in before.sentence
    use(counter, closed(OLD, "B82003"), closed("B82003", "C83004"), is_open("C83004", "Newest Surgery"))
    found = counter.desk.directory.look_up_successor(OLD)
    assert found.heir is not None
    assert found.heir.name == "Newest Surgery"
    assert "Newest Surgery (C83004) took over" in found.sentence
    kept = counter.store.gp_practices.of_code(OLD)
    assert kept is not None
    assert kept.successor == "B82003"


@pytest.mark.parametrize(
    ("practices", "says"),
    [((), "does not know this practice"), ((is_open(OLD, "Old Surgery"),), "lists this practice as open")],
    ids=["unknown", "open"],
)
def test_what_does_not_help_is_said(
    counter: Counter, practices: tuple[ListedPractice, ...], says: str
) -> None:
    counter.store.gp_practices.replace([closed(OLD)])
    use(counter, *practices)
    with pytest.raises(DigMedError, match=says):
        counter.desk.directory.look_up_successor(OLD)
    assert counter.desk.directory.closed(OLD) is not None


def test_a_practice_without_a_successor_has_none(counter: Counter) -> None:
    counter.store.gp_practices.replace([closed(OLD)])
    use(counter, closed(OLD))
    found = counter.desk.directory.look_up_successor(OLD)
    assert found.heir is None
    assert "Ask the patient which practice is theirs now" in found.sentence


@pytest.mark.parametrize(
    ("typed", "doubted"),
    [
        ("Overtown Surgery", False),
        ("OVERTOWN SURGERY (Leeds)", False),
        ("Overtwon Surgery", False),
        ("Mill Lane Health Centre", True),
    ],
)
def test_a_name_and_a_code_of_two_practices_ask_for_a_reason(
    counter: Counter, typed: str, doubted: bool
) -> None:
    given = complete_answers(practice__name=typed)
    counter.store.gp_practices.replace([is_open(given["practice.ods_code"], "Overtown Surgery")])
    problems = counter.desk.preview("vaccination", FormState(given)).problems
    found = [p for p in problems if p.field == "practice.name" and p.needs_reason]
    assert bool(found) is doubted
    assert all("Overtown Surgery" in p.sentence for p in found)
