"""Slow tests in their full size."""

from tests.long.registry import LongCheck, Size, SlowTests

CHECK = LongCheck(
    "HL7's validator passes every golden message, every example in every edition, and random ones of every programme",
    Size(300),
    SlowTests(
        (
            "tests/fhir/test_against_hl7.py::test_hl7s_validator_passes_every_golden_message_and_random_ones_of_both_in_all_editions_and_programmes",
        )
    ),
)
