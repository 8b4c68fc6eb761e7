"""Slow tests in their full size."""

from tests.long.registry import LongCheck, Size, SlowTests

CHECK = LongCheck(
    "an import of 200,000 products stays in bounded memory, and a search answers for each key",
    Size(200_000),
    SlowTests(("tests/history/test_medicines.py",)),
)
