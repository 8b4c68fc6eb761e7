"""Slow tests in their full size."""

from tests.long.registry import LongCheck, Size, SlowTests

CHECK = LongCheck(
    "the same with the real transport against a strict MESH",
    Size(220),
    SlowTests(("tests/outbox/test_strict_kills.py",)),
)
