"""Slow tests in their full size."""

from tests.long.registry import LongCheck, Size, SlowTests

CHECK = LongCheck(
    "a mutated response raises nothing but the parser's own error, in bounded memory",
    Size(200_000),
    SlowTests(("tests/fhir/test_responses_mutated.py",)),
)
