"""Slow: HL7's validator over every golden message, every example and random ones, and over mechanical faults of the first.

The validator is ``conformance/check`` in the folder that DIGMED_SHARED names; it needs Java. In full 300 random
messages and every example in every edition are judged (about three minutes) and every element path of the golden messages
times every kind of fault (about five minutes).
"""

import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.errors import NonInteractiveExampleWarning

from digmed_desktop.clinical.programme import Programme
from digmed_desktop.evidence.messages import examples as examples_of_the_program
from digmed_desktop.fhir.checks import NotReadableError, check
from digmed_desktop.fhir.edition import Edition
from digmed_desktop.fhir.editions import all_editions
from digmed_desktop.fhir.items import Record, kind_of
from digmed_desktop.fhir.message import IncompleteRecordError
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.reference.programmes import programmes
from tests.fhir.golden_cases import CONFLICTING, message
from tests.fhir.hl7 import GOLDEN, KINDS, Verdict, faults, judged, judged_faults
from tests.fhir.random_records import supplies, vaccinations
from tests.long.registry import sized

ALL = 0
pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]
FULL_SIZE = 300
MESSAGES = sized(FULL_SIZE, 40)
FAULTS = sized(ALL, 200)


def examples(strategy: st.SearchStrategy[Record]) -> Iterator[Record]:
    """Endless examples of a strategy."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NonInteractiveExampleWarning)
        while True:
            yield strategy.example()


def plan(number: int) -> Iterator[tuple[Edition, Programme | None]]:
    """Every edition in turn; for vaccinations every programme in turn."""
    sendable = [one for one in programmes() if any(p.coded.is_coded for p in one.procedures)]
    vaccines = 0
    for n in range(number):
        edition = all_editions()[n % len(all_editions())]
        if edition.kind is Kind.VACCINATION:
            yield edition, sendable[vaccines // 3 % len(sendable)]
            vaccines += 1
        else:
            yield edition, None


def every_example(folder: Path) -> Iterator[Path]:
    """Write each record that comes with the program in each edition of its kind, but those that go on paper alone."""
    for name, record in examples_of_the_program():
        for edition in all_editions():
            if edition.kind is not kind_of(record):
                continue
            try:
                made = message(record, edition=edition)
            except IncompleteRecordError:
                continue
            file = folder / f"example-{edition.id}-{name}.xml"
            file.write_bytes(made.payload)
            yield file


def test_every_edition_has_messages_of_the_examples(tmp_path: Path) -> None:
    names = [one.name for one in every_example(tmp_path)]
    assert [one.id for one in all_editions() if not any(f"-{one.id}-" in name for name in names)] == []
    assert len(names) == len(set(names))


def test_hl7s_validator_passes_every_golden_message_and_random_ones_of_both_in_all_editions_and_programmes(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources: dict[str, Iterator[Record]] = {}
    files = sorted(GOLDEN.glob("*.xml"))
    told: Counter[str] = Counter()
    written = list(every_example(tmp_path))
    files += written if MESSAGES >= FULL_SIZE else written[:: len(written) // 5]
    for number, (edition, programme) in enumerate(plan(MESSAGES)):
        key = programme.id if programme else "supplies"
        if key not in sources:
            sources[key] = examples(vaccinations(programme) if programme else supplies())
        file = tmp_path / f"{number:03}-{edition.id}-{key}.xml"
        file.write_bytes(message(next(sources[key]), edition=edition).payload)
        files.append(file)
        told[f"{edition.id}, {key}"] += 1
    verdicts = judged(shared, files)
    counted = {name: verdict.findings for name, verdict in verdicts.items() if not verdict.passed}
    said = [name for name, verdict in verdicts.items() if verdict.findings]
    with capsys.disabled():
        print(
            f"\n{len(files)} messages, {len(counted)} with a counted finding, {len(said)} with any; random: {dict(told)}"
        )
    assert counted == {}
    assert all(_is_conflict(name, verdicts[name]) for name in said)


def _is_conflict(name: str, verdict: Verdict) -> bool:
    """Whether all that is said is that the closed slicing refuses the section codes of an edition of the guide."""
    return any(one.removeprefix("edition-") in name for one in CONFLICTING) and all(
        finding.startswith("SPEC-CONFLICT") for finding in verdict.findings
    )


def found_by_us(xml: bytes) -> bool:
    try:
        return bool(check(xml))
    except NotReadableError:
        return True


def test_the_programs_checks_find_nine_of_ten_faults_that_hl7s_validator_finds_and_all_that_is_missing(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = list(faults(None if FAULTS == ALL else FAULTS))
    files = []
    for number, (_, _, xml) in enumerate(chosen):
        files.append(tmp_path / f"{number:05}.xml")
        files[-1].write_bytes(xml)
    verdicts = judged_faults(shared, files)
    flagged: Counter[str] = Counter()
    missed = []
    for number, (kind, path, xml) in enumerate(chosen):
        verdict = verdicts[f"{number:05}.xml"]
        if verdict.passed:
            continue
        flagged[kind] += 1
        if not found_by_us(xml):
            missed.append((kind, path, verdict.findings[0]))
    total = sum(flagged.values())
    share = 1 - len(missed) / total
    with capsys.disabled():
        print(
            f"\n{len(chosen)} faults, HL7's validator flags {total}, the program's checks find {share:.1%} of them"
        )
        for kind in KINDS:
            lost = sum(1 for one, _, _ in missed if one == kind)
            print(f"  {kind}: {flagged[kind] - lost} of {flagged[kind]}")
        for kind, path, why in missed:
            print(f"  missed: {kind} {path}: {why}")
    assert share >= 0.9
    assert [path for kind, path, _ in missed if kind == "removed"] == []
