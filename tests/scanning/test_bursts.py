"""Recorded bursts, with and without a prefix, among typing: read or refused as the table says."""

from datetime import date

import pytest

from digmed_desktop.scanning.burst import HOLD_MS, Burst, Collector, Verdict
from digmed_desktop.scanning.pack import Found, Scan, read, read_burst
from tests.scanning.recorded import Recorded, all_of_them

RECORDED = all_of_them()


def judge(recorded: Recorded, scan: Scan) -> None:
    assert scan.found.value == recorded.found, scan
    assert recorded.says in scan.sentence
    assert recorded.notes in " ".join(scan.notes)
    if scan.found is not Found.REFUSED:
        assert (scan.gtin, scan.batch, scan.serial, scan.nhs_number, scan.batches) == (
            recorded.gtin, recorded.batch, recorded.serial, recorded.nhs_number, recorded.batches
        )  # fmt: skip
    if recorded.expiry is not None:
        assert scan.expiry == recorded.expiry


def send(collector: Collector, text: str, start: float, gap: float) -> tuple[list[Verdict], float]:
    at, verdicts = start, []
    for sign in text:
        verdicts.append(collector.add(sign, at))
        at += gap
    return verdicts, at - gap


def test_there_are_at_least_forty() -> None:
    assert len({one.name for one in RECORDED}) == len(RECORDED) >= 40


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda one: one.name)
@pytest.mark.parametrize("prefix", ["", "~~"], ids=["no prefix", "prefix"])
def test_a_burst_among_typing_is_read_as_the_table_says(recorded: Recorded, prefix: str) -> None:
    collector = Collector(prefix)
    typed, at = send(collector, "Rose", 0.0, 120.0)  # a person types first
    assert typed[0] in (Verdict.HOLD, Verdict.TYPING)
    held, at = send(collector, prefix + recorded.sent, at + 130.0, recorded.gap)
    if not prefix:  # the last sign of the typing is let go when the scan begins
        assert held[0] in (Verdict.RELEASE, Verdict.HOLD)
    assert set(held[1:]) == {Verdict.HOLD}
    burst = collector.end(at + recorded.gap)
    assert burst is not None
    assert burst.text == recorded.sent
    if prefix and recorded.slow:
        assert read_burst(burst, recorded.substitute).found is Found.PACK  # a prefix is the reliable way
        return
    judge(recorded, read_burst(burst, recorded.substitute))
    assert collector.holding == 0


@pytest.mark.parametrize("pace", [60.0, 90.0, 200.0])
def test_typing_at_a_persons_pace_is_never_a_scan(pace: float) -> None:
    collector = Collector()
    at = 0.0
    for sign in "0109501101530003172704301012AB":
        assert collector.add(sign, at) in (Verdict.HOLD, Verdict.RELEASE)
        assert collector.holding == 1
        at += pace
    assert collector.end(at) is None


def test_a_few_quick_keys_and_enter_are_typing() -> None:
    collector = Collector()
    send(collector, "1984", 0.0, 10.0)
    assert collector.end(45.0) is None


def test_a_scan_that_nothing_ends_is_taken_after_a_silence() -> None:
    collector = Collector()
    send(collector, "0109501101530003172704301012AB", 0.0, 5.0)
    burst = collector.silence()
    assert burst == Burst("0109501101530003172704301012AB", 5.0)


def test_a_quick_word_that_nothing_ends_is_typing() -> None:
    collector = Collector()
    send(collector, "paracetamol", 0.0, 20.0)
    assert collector.silence() is None


def test_with_a_prefix_typing_is_not_held_back() -> None:
    collector = Collector("~")
    assert send(collector, "0109501101530003", 0.0, 5.0)[0] == [Verdict.TYPING] * 16


def test_a_prefix_that_a_person_types_is_given_back() -> None:
    collector = Collector("~~")
    assert collector.add("~", 0.0) is Verdict.HOLD
    assert collector.add("a", 5.0) is Verdict.TYPING
    assert collector.holding == 0


def test_enter_long_after_is_not_the_end_of_a_scan() -> None:
    collector = Collector()
    send(collector, "0109501101530003172704301012AB", 0.0, 5.0)
    assert collector.end(29 * 5.0 + HOLD_MS + 1) is None


def test_a_batch_that_the_form_does_not_take_is_left_to_be_typed() -> None:
    scan = read("0109501101530003172704301012_AB")
    assert (scan.found, scan.batch, scan.expiry) == (Found.PACK, "", date(2027, 4, 30))
    assert "could not be taken" in scan.notes[0]


def test_every_sentence_says_what_to_do() -> None:
    acts = ("Scan", "Set ", "Choose", "type it")
    for one in RECORDED:
        sentence = read_burst(Burst(one.sent, one.gap), one.substitute).sentence
        assert not sentence or any(act in sentence for act in acts), sentence
