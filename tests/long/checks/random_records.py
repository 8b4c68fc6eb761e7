"""Slow tests in their full size."""

from tests.long.registry import LongCheck, Size, SlowTests

CHECK = LongCheck(
    "every valid record builds, passes the checks and comes back unchanged",
    Size(3000),
    SlowTests(("tests/fhir/test_checks.py",)),
)
