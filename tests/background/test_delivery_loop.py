"""The loop that delivers: a round that fails is told, and the next one is made, whatever failed."""

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from digmed_desktop.background.delivery_loop import DeliveryLoop
from digmed_desktop.messaging.errors import StoreError
from digmed_desktop.messaging.story import QueueStanding

PATIENCE = 60.0
WELL = QueueStanding(waiting=2, needs_person=1, connected=True)


class Panic(BaseException):
    """A fault that is no Exception, as libraries written in Rust raise."""


class Rounds:
    """A delivery whose next round fails with ``fault``."""

    def __init__(self) -> None:
        self.fault: BaseException | None = None

    def run_once(self) -> QueueStanding:
        if self.fault is not None:
            raise self.fault
        return WELL

    def close(self) -> None:
        pass


@pytest.fixture
def rounds() -> Rounds:
    return Rounds()


@pytest.fixture
def loop(qtbot: QtBot, rounds: Rounds) -> Iterator[DeliveryLoop]:
    made = DeliveryLoop(lambda: rounds, 3600.0)
    made.start()
    yield made
    made.close(PATIENCE)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (lambda: StoreError("The disk is full.", "Make room."), "The disk is full."),
        (lambda: RecursionError("deep"), "went wrong"),
        (lambda: Panic("9990000018"), "went wrong"),
    ],
)
def test_a_round_that_fails_is_told_and_the_next_is_made(
    loop: DeliveryLoop, rounds: Rounds, qtbot: QtBot, fault: Callable[[], BaseException], says: str
) -> None:
    assert loop.round_and_wait(PATIENCE) == WELL
    rounds.fault = fault()
    with qtbot.waitSignal(loop.round_done, timeout=int(PATIENCE * 1000)):
        told = loop.round_and_wait(PATIENCE)
    assert told is not None
    assert says in told.stopped_because
    assert told.remedy
    assert "9990000018" not in told.stopped_because + told.remedy
    assert (told.waiting, told.needs_person) == (2, 1), "what was known last stays on the screen"
    rounds.fault = None
    assert loop.round_and_wait(PATIENCE) == WELL


def test_a_delivery_that_cannot_be_made_is_told(qtbot: QtBot) -> None:
    def make() -> Rounds:
        raise StoreError("The data file is damaged.", "Restore the latest backup.")

    loop = DeliveryLoop(make, 3600.0)
    loop.start()
    try:
        told = loop.round_and_wait(PATIENCE)
        assert told is not None
        assert told.stopped_because == "The data file is damaged."
    finally:
        loop.close(PATIENCE)
