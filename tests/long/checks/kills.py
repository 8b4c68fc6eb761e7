"""Slow tests in their full size."""

from tests.long.registry import LongCheck, Size, SlowTests

CHECK = LongCheck(
    "delivery that is killed at any mark through any fault loses nothing and sends nothing twice",
    Size(264),
    SlowTests(("tests/outbox/test_kills.py",)),
)
