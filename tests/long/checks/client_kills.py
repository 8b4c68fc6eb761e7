"""Slow tests in their full size."""

from tests.long.registry import LongCheck, Size, SlowTests

CHECK = LongCheck(
    "through a MESH client's folders, whoever is killed when, nothing is lost and nothing is sent twice",
    Size(190),
    SlowTests(("tests/outbox/test_client_kills.py",)),
)
