"""Slow tests in their full size."""

from tests.long.registry import LongCheck, Size, SlowTests

CHECK = LongCheck(
    "every code from every wrong place changes nothing, and from every right one it counts",
    Size(0),
    SlowTests(("tests/outbox/test_every_answer_from_everywhere.py",)),
)
