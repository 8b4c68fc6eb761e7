"""The list as CSV: the columns of a claim, harmless cells, progress, and nothing left when it is stopped."""

import csv
import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from digmed_desktop.clinical import json_record
from digmed_desktop.desk.files.exporting import ExportDesk, columns, harmless
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.searching import Search
from digmed_desktop.messaging.whole_file import CancelledError
from tests.clinical.examples import complete_record
from tests.desk.conftest import Counter
from tests.history.samples import facts, token


def read(path: Path) -> list[dict[str, str]]:
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_the_columns_of_a_claim(counter: Counter, tmp_path: Path) -> None:
    counter.record()
    export = ExportDesk(counter.store, counter.clock)
    progress = Progress()
    assert export.csv(Search(), tmp_path / "claim.csv", progress, with_patients=False) == 1
    assert (progress.done, progress.total) == (1, 1)
    (row,) = read(tmp_path / "claim.csv")
    assert row["Service"] == "NHS COVID-19 and adult influenza vaccination service"
    assert "influenza" in row["Product"].lower()
    assert row["Cohort"]
    assert (row["Date"], row["Time"]) == ("2026-10-14", "10:40")
    assert row["Vaccinator"] == "Ms Ada Okonkwo-Bright"
    assert row["Registration"] == "GPhC 9999991"
    assert (row["Batch"], row["Expiry"], row["Outcome"]) == ("AB-1234", "2027-06-30", "Given")
    assert row["State"] == "Waiting"
    text = (tmp_path / "claim.csv").read_text(encoding="utf-8")
    assert "9990123020" not in text
    assert "NEILL" not in text
    export.csv(Search(), tmp_path / "list.csv", Progress(), with_patients=True)
    (row,) = read(tmp_path / "list.csv")
    assert (row["Patient"], row["NHS number"], row["Date of birth"]) == (
        "O'NEILL, Rose",
        "9990123020",
        "1971-03-12",
    )


def test_only_what_the_filter_finds(counter: Counter, tmp_path: Path) -> None:
    counter.record()
    counter.record(patient__family="Quill")
    export = ExportDesk(counter.store, counter.clock)
    assert export.csv(Search(text="quill"), tmp_path / "a.csv", Progress(), with_patients=True) == 1
    assert [row["Patient"] for row in read(tmp_path / "a.csv")] == ["QUILL, Rose"]


@pytest.mark.parametrize("cell", ["=1+1", "+44", "-2", "@SUM(A1)", "\tx", "\r=1", "＝1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert harmless(cell) == "'" + cell
    assert harmless("O'NEILL") == "O'NEILL"


def test_no_code_or_batch_is_changed_by_a_spreadsheet() -> None:
    changed = (
        "43207411000001105",
        "1E5",
        "12e10",
        "004512",
        "MAR21",
        "1-2",
        "10/26",
        "1 Apr",
        "2026Jan",
        "TRUE",
    )
    assert [cell for cell in changed if harmless(cell) != "'" + cell] == []
    same = ("9990123020", "2026-10-14", "10:40", "12", "0", "0.5", "AB1234", "E5", "MARCH", "20 mL", "FX999")
    assert [cell for cell in same if harmless(cell) != cell] == []


def test_what_looks_like_a_formula_stays_text_in_the_file(counter: Counter, tmp_path: Path) -> None:
    counter.record(vaccine__batch="-CMD1")
    ExportDesk(counter.store, counter.clock).csv(Search(), tmp_path / "a.csv", Progress(), with_patients=True)
    assert [row["Batch"] for row in read(tmp_path / "a.csv")] == ["'-CMD1"]


def test_stopped_it_leaves_nothing(counter: Counter, tmp_path: Path) -> None:
    record = json_record.dumps(complete_record())
    for n in range(120):
        counter.store.notifications.freeze(
            None, record, replace(facts(n)), None, "", counter.ada, token=token(), no_route="paper only"
        )
    progress = Progress()
    steps: list[int] = []
    really = progress.step

    def step(done: int, total: int) -> None:
        steps.append(done)
        assert total == 120
        if done == 100:
            progress.cancel()
        really(done, total)

    progress.step = step  # type: ignore[method-assign]
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(CancelledError, match="No file was saved"):
        ExportDesk(counter.store, counter.clock).csv(
            Search(), folder / "a.csv", progress, with_patients=False
        )
    assert steps == [50, 100]
    assert list(folder.iterdir()) == []


def test_every_column_is_documented() -> None:
    every = columns(with_patients=True)
    assert len({one.key for one in every}) == len({one.heading for one in every}) == len(every)
    assert all(one.meaning for one in every)
    assert len(columns(with_patients=False)) == len(every) - 3


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_full_disk_leaves_no_half_list(tmp_path: Path) -> None:
    script = """
import resource, signal, sys
from pathlib import Path
from digmed_desktop.clinical import json_record
from digmed_desktop.desk.files.exporting import ExportDesk
from digmed_desktop.desk.gate import acting
from tests.history.fresh import fresh_store
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.searching import Search
from tests.clinical.examples import complete_record
from tests.history.samples import KEY, MovedClock, facts, token
from tests.managing import manager_of
folder, clock = Path(sys.argv[1]), MovedClock()
store = fresh_store(folder / "data" / "digmed.db", KEY, clock)
for n in range(60):
    store.notifications.freeze(
        None, json_record.dumps(complete_record()), facts(n), None, "", None, token=token(), no_route="x"
    )
manager = manager_of(store)
(folder / "out").mkdir()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))
try:
    with acting(manager):
        ExportDesk(store, clock).csv(Search(), folder / "out" / "a.csv", Progress(), with_patients=True)
except Exception as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=180
    )
    assert "not enough room on the disk" in done.stdout, done.stdout + done.stderr
    assert list((tmp_path / "out").iterdir()) == []
