"""Slow tests in their full size."""

from tests.long.registry import LongCheck, Size, SlowTests

CHECK = LongCheck(
    "a thousand notifications queued offline go out once each, and the window does none of it",
    Size(1000),
    SlowTests(("tests/end_to_end/test_drain.py",)),
)
