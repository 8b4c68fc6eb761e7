"""The tour is the end-to-end test: the main job through the real windows, and what it wrote.

The quick run plays its first chapters, up to the practice's answer; the slow one plays the whole tour once.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from digmed_desktop.tour.chapters.counts import LIMITS
from tests.end_to_end.acts_of_the_tour import ACTS, ENDS, REPEATED, split

ROOT = Path(__file__).resolve().parents[2]


MAIN_JOB = 3
"""The chapters from a new pharmacy to the first notification that its practice has matched."""


def play(folder: Path, *options: str) -> Path:
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    }
    child = subprocess.run(
        [sys.executable, "-m", "tests.end_to_end.audited", str(folder), *options],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=2400,
        check=False,
    )
    assert child.returncode == 0, child.stdout[-2000:] + child.stderr[-2000:]
    return folder


@pytest.fixture(scope="module")
def toured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one whole tour."""
    return play(tmp_path_factory.mktemp("tour"))


def told_by(folder: Path) -> dict[str, Any]:
    """Return the transcript of a tour; each of its steps went as expected, and its pictures show something."""
    told: dict[str, Any] = json.loads((folder / "tour.json").read_text(encoding="utf-8"))
    for step in told["steps"]:
        assert step["as_expected"], step["did"]
        assert not step["picture"] or (folder / step["picture"]).stat().st_size > 5_000
    return told


def faults_in_messages(folder: Path, at_least: int) -> dict[str, Any]:
    """Return what the program's own checks find in the messages that a tour sent."""
    from digmed_desktop.fhir.checks import check

    sent = sorted((folder / "messages").glob("*-sent.xml"))
    assert len(sent) >= at_least
    found = {file.name: check(file.read_bytes()) for file in sent}
    return {name: faults for name, faults in found.items() if faults}


def hold_against_the_audit(folder: Path, told: dict[str, Any], chapters: int) -> None:
    """Hold what was done against the audit of the tour's records: each act once, in order, and nothing else."""
    audit: list[dict[str, Any]] = json.loads((folder / "audit.json").read_text(encoding="utf-8"))
    numbers = [act[0] for chapter in audit for act in chapter["acts"]]
    assert numbers == sorted(set(numbers))
    assert [chapter["faults"] for chapter in audit] == [[]] * chapters, (
        "the chain does not agree with its seals"
    )
    people, program = split(audit)
    for (chapter, done), expected in zip(people, ACTS[:chapters], strict=True):
        assert (chapter, done) == expected
    for one in told["notifications"]:
        acts = program.get(int(one["about"].split()[-1]), [])
        once = [act for act in acts if act not in REPEATED]
        assert len(once) == len(set(once)), acts
        if (end := ENDS.get(one["final_state"])) is not None:
            assert acts[0] == "claimed"
            assert end in once
            assert {"taken", "outcome-unknown"} & set(once), acts


@pytest.fixture
def transcript(toured: Path) -> dict[str, Any]:
    return told_by(toured)


@pytest.mark.timeout(1000)
def test_the_main_job_is_played_from_first_run_to_the_practices_answer(tmp_path: Path) -> None:
    told = told_by(play(tmp_path, "--first", str(MAIN_JOB)))
    assert len(told["steps"]) > 10
    (notification,) = told["notifications"]
    assert notification["state"][0] == "waiting"
    assert notification["final_state"] == "matched"
    assert told["counts"]
    assert {what: number for what, number in told["counts"].items() if not 0 < number <= LIMITS[what]} == {}
    assert faults_in_messages(tmp_path, at_least=1) == {}
    hold_against_the_audit(tmp_path, told, MAIN_JOB)


@pytest.mark.slow
@pytest.mark.timeout(2500)
def test_every_step_went_as_expected(toured: Path, transcript: dict[str, Any]) -> None:
    assert len(transcript["steps"]) > 20


@pytest.mark.slow
@pytest.mark.timeout(2500)
def test_every_act_stands_in_the_audit_once_and_in_order(toured: Path, transcript: dict[str, Any]) -> None:
    hold_against_the_audit(toured, transcript, len(ACTS))


@pytest.mark.slow
@pytest.mark.timeout(2500)
def test_no_record_needs_more_keys_than_its_limit(transcript: dict[str, Any]) -> None:
    """Every press but the letters of names, address, practice, telephone, batch and notes, counted in the window."""
    counts = transcript["counts"]
    assert counts.keys() == LIMITS.keys()
    assert {what: number for what, number in counts.items() if number > LIMITS[what]} == {}
    assert all(number > 0 for number in counts.values())


@pytest.mark.slow
@pytest.mark.timeout(2500)
def test_notifications_reached_every_end_that_practice_mode_shows(transcript: dict[str, Any]) -> None:
    ends = {one["final_state"] for one in transcript["notifications"]}
    assert {
        "matched",
        "not-known-there",
        "no-longer-there",
        "rejected",
        "already-held",
        "not-delivered",
        "kept-here",
    } <= ends
    (kept,) = [one for one in transcript["notifications"] if one["final_state"] == "kept-here"]
    assert (kept["state"], kept["files"]) == (["kept-here"], []), "nothing was made that could be sent"
    first = transcript["notifications"][0]
    assert first["kind"] == "DIGMED_FLU_VAC"
    assert first["state"][0] == "waiting"
    assert first["state"][-1] == first["final_state"] == "matched"
    assert "accepted" in first["state"]


@pytest.mark.slow
@pytest.mark.timeout(2500)
def test_delivery_was_seen_state_by_state(toured: Path, transcript: dict[str, Any]) -> None:
    """At least eight states, each with a picture of the page that says it."""
    seen = {
        step["picture"].split("-", 1)[1].removesuffix(".png").removeprefix("state-")
        for step in transcript["steps"]
        if step["picture"]
    }
    assert {
        *("waiting", "checking", "sent", "collected", "accepted", "matched"),
        *("no-answer", "rejected", "already-held", "not-delivered", "not-known-there", "no-longer-there"),
    } <= seen
    (looked_up,) = [one for one in transcript["notifications"] if "checking" in one["state"]]
    assert looked_up["final_state"] == "matched"
    assert looked_up["state"].count("sending") == 1, "what MESH has is not sent again"


@pytest.mark.slow
@pytest.mark.timeout(2500)
def test_a_notification_went_through_the_folders_of_a_mesh_client(
    toured: Path, transcript: dict[str, Any]
) -> None:
    seen = {step["picture"].split("-", 1)[1] for step in transcript["steps"] if step["picture"]}
    assert {"client-stopped.png", "client-handed-over.png", "client-tested.png", "client-matched.png"} <= seen
    by_client = [one for one in transcript["notifications"] if "handed-over" in one["state"]]
    assert by_client
    for one in by_client:
        assert one["final_state"] == "matched"
        assert "received" in " ".join(one["files"]), "the practice's reply came back through the folders"


@pytest.mark.slow
@pytest.mark.timeout(2500)
def test_an_emergency_supply_was_sent_matched_and_registered(
    toured: Path, transcript: dict[str, Any]
) -> None:
    (supply,) = [one for one in transcript["notifications"] if one["kind"] == "DIGMED_EMG_MED"]
    assert supply["final_state"] == "matched"
    message = (toured / supply["files"][0]).read_text(encoding="utf-8")
    for told in ("ITK010D", "9994000195", "37417211000001103", "31771611000001107", "111-4711", "Easter"):
        assert told in message
    answers = "".join((toured / name).read_text(encoding="utf-8") for name in supply["files"][1:])
    assert "30001" in answers
    steps = {step["did"]: step["seen"] for step in transcript["steps"]}
    assert "SMITH, William" in steps["pressed F6"]
    assert "Register intact" in steps["looked at the chain"]


@pytest.mark.slow
@pytest.mark.timeout(2500)
def test_every_message_it_sent_passes_the_programs_own_checks(toured: Path) -> None:
    assert faults_in_messages(toured, at_least=8) == {}


@pytest.mark.slow
@pytest.mark.timeout(4000)
def test_hl7s_validator_passes_every_message_of_the_tour(toured: Path, shared: Path) -> None:
    found = sorted((toured / "messages").glob("*.xml"))
    reports = [file for file in found if b"<DTSControl" in file.read_bytes()[:200]]
    assert (
        len(reports) <= 1
    )  # the MESH client's report of the letter that came back: a control file, no message
    files = [str(file) for file in found if file not in reports]
    judged = subprocess.run(
        [str(shared / "conformance" / "check"), *files],
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
    )
    assert judged.returncode == 0, judged.stdout[-4000:]


def test_the_window_without_a_screen_says_to_use_the_tour(home: Path) -> None:
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    }
    child = subprocess.run(
        [sys.executable, "-m", "digmed_desktop", "--demo"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert child.returncode == 2
    assert "--tour" in child.stderr
    assert child.stderr.count("\n") == 1
