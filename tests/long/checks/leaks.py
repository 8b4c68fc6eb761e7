"""Slow tests in their full size."""

from tests.long.registry import LongCheck, Size, SlowTests

CHECK = LongCheck(
    "the whole tour with failures and a crash leaves nothing of a patient, and without any one protection it would",
    Size(99),
    SlowTests(("tests/end_to_end/test_leaks.py",)),
)
