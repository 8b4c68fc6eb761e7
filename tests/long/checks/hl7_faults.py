"""Slow tests in their full size."""

from tests.long.registry import LongCheck, Size, SlowTests

CHECK = LongCheck(
    "the program's checks find nine of ten faults that HL7's validator finds, and all that is missing",
    Size(0),
    SlowTests(
        (
            "tests/fhir/test_against_hl7.py::test_the_programs_checks_find_nine_of_ten_faults_that_hl7s_validator_finds_and_all_that_is_missing",
        )
    ),
)
