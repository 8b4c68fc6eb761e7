"""The shipped table of response codes, run through the state machine."""

import itertools

import pytest

from digmed_desktop.fhir.response_codes import meaning
from digmed_desktop.messaging.states import Need, Standing, State, judge


def hear(standing: Standing, *codes: str) -> Standing:
    for code in codes:
        said = meaning(code)
        standing = judge(standing, said.happening, code, asks=said.needs_person)
    return standing


@pytest.mark.parametrize("duplicate", ["20007", "20008"])
@pytest.mark.parametrize("others", [("30001",), ("20013", "30001")])
def test_a_second_copy_of_what_was_matched_needs_nobody(duplicate: str, others: tuple[str, ...]) -> None:
    for order in itertools.permutations((*others, duplicate)):
        end = hear(Standing(State.SENT), *order)
        assert (end.state, end.need) == (State.MATCHED, Need.NOBODY), order


@pytest.mark.parametrize("duplicate", ["20007", "20008"])
@pytest.mark.parametrize("refused", [(), ("20009",), ("30002",), ("30003",)])
def test_a_second_copy_of_what_was_refused_or_never_heard_of_needs_a_person(
    duplicate: str, refused: tuple[str, ...]
) -> None:
    for order in itertools.permutations((*refused, duplicate)):
        end = hear(Standing(State.SENT), *order)
        assert end.state is not State.MATCHED
        assert end.needs_person, order
