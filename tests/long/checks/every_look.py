"""Slow tests in their full size."""

from tests.long.registry import LongCheck, Size, SlowTests

CHECK = LongCheck(
    "every page in five sizes and three looks: nothing is cut off, too low, hard to read or scrolled sideways, and what "
    "has the cursor is in view",
    Size(1000),
    SlowTests(("tests/ui/test_every_look.py",)),
)
