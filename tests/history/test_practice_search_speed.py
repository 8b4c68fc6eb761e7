"""The search of 12,000 practices per key, beside bare SQLCipher. Slow: about five seconds."""

import random
import statistics
import time
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from digmed_desktop.history.gp_practices import GpPractices
from digmed_desktop.history.store import Store
from digmed_desktop.reference import ods_file
from tests.history.samples import KEY
from tests.reference.ods_lines import line

FIRST = (
    "Over",
    "Nether",
    "Willow",
    "Tanner",
    "Harts",
    "Mill",
    "Abbey",
    "Castle",
    "Quay",
    "Fern",
    "Elm",
    "Kings",
)
LAST = ("town", "mere", "edge", "field", "ford", "bridge", "ham", "well", "ton", "gate", "bury", "wick")
KIND = ("SURGERY", "MEDICAL CENTRE", "HEALTH CENTRE", "PRACTICE", "GROUP PRACTICE", "FAMILY PRACTICE")
TYPED = ("overtown surgery", "a81", "LS14", "willow leeds", "medical centre", "the mill")


@pytest.mark.slow
def test_the_search_of_twelve_thousand_practices(
    store: Store, database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dice = random.Random(12)
    lines = [
        line(
            f"{dice.choice('ABCDEFGHJKLMNP')}{n:05}",
            f"{dice.choice(FIRST)}{dice.choice(LAST)} {dice.choice(KIND)}".upper(),
            city=f"{dice.choice(FIRST)}{dice.choice(LAST)}".upper(),
            post=f"LS{dice.randrange(1, 29)} {dice.randrange(1, 9)}A{dice.choice('ABDEFGH')}",
        )
        for n in range(12_000)
    ]
    file = tmp_path / "epraccur.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    progress: list[int] = []
    begun = time.perf_counter()
    assert store.gp_practices.replace(ods_file.read(file), progress.append) == 12_000
    imported = time.perf_counter() - begun
    assert progress == sorted(progress)
    assert len(progress) > 20

    ours: list[float] = []
    bare: list[float] = []
    raw = sqlcipher.connect(str(database), check_same_thread=False)
    raw.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    for text in TYPED:
        for length in range(1, len(text) + 1):
            typed = text[:length]
            if not typed.strip():
                continue
            key = typed.strip().lower()
            statement = GpPractices.query(key, 20).compile(compile_kwargs={"literal_binds": True})
            for _ in range(3):
                begun = time.perf_counter()
                found = store.gp_practices.search(typed, 20)
                ours.append(time.perf_counter() - begun)
                begun = time.perf_counter()
                rows = raw.execute(str(statement)).fetchall()
                bare.append(time.perf_counter() - begun)
            assert len(found) == len(rows)
    raw.close()
    median, worst = (f(ours) * 1000 for f in (statistics.median, max))
    bare_median, bare_worst = (f(bare) * 1000 for f in (statistics.median, max))
    with capsys.disabled():
        print(
            f"\n12,000 practices: import {imported:.2f} s; search per key median {median:.2f} ms, worst {worst:.1f} ms;"
            f" bare SQLCipher median {bare_median:.2f} ms, worst {bare_worst:.1f} ms"
        )
    assert statistics.median(ours) < 10 * statistics.median(bare) + 0.01
