"""Slow tests in their full size."""

from tests.long.registry import LongCheck, Size, SlowTests

CHECK = LongCheck(
    "through the real window too, in any order, the record that Check offers holds values of one patient only",
    Size(60),
    SlowTests(("tests/ui/test_one_patient_in_the_window.py",)),
)
