"""Slow tests in their full size."""

from tests.long.registry import LongCheck, Size, SlowTests

CHECK = LongCheck(
    "generated patients of every programme, often at an edge of age, birth, week or dose, hear exactly the warnings that "
    "its file has",
    Size(300),
    SlowTests(("tests/clinical/test_warnings_against_the_data.py",)),
)
