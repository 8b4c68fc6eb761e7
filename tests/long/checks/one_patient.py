"""Slow tests in their full size."""

from tests.long.registry import LongCheck, Size, SlowTests

CHECK = LongCheck(
    "whatever is found, typed, scanned, imported, undone, resumed, corrected, switched or locked, in any order, the "
    "record that Check offers holds values of one patient only",
    Size(1_200),
    SlowTests(("tests/desk/test_one_patient.py",)),
)
