"""Slow tests in their full size."""

from tests.long.registry import LongCheck, Size, SlowTests

CHECK = LongCheck(
    "100,000 notifications are searched, sorted and paged about as fast as SQLCipher does it",
    Size(100_000),
    SlowTests(("tests/history/test_large_history.py",)),
)
