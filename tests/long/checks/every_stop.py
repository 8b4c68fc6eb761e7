"""Slow tests in their full size."""

from tests.long.registry import LongCheck, Size, SlowTests

CHECK = LongCheck(
    "every rule that wants advice, in every programme, is refused before the needle and recorded after it without advice",
    Size(0),
    SlowTests(("tests/desk/test_every_stop.py",)),
)
