"""Slow tests in their full size."""

from tests.long.registry import LongCheck, Size, SlowTests

CHECK = LongCheck(
    "five thousand messages of others in the mailbox hide none of ours",
    Size(5000),
    SlowTests(("tests/connection/test_bad_input.py",)),
)
