"""The last figures of each benchmark, in ``kept`` beside this module with date and commit; and the plot of growth."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks.frame import Row, table
from tests.long import results
from tests.long.registry import ROOT

FIGURES = Path(__file__).with_name("kept") / "figures.json"
TEXT = FIGURES.with_name("table.txt")
GAPS = Path(__file__).with_name("gaps.md")
"""Why goals are missed, by a profile: written by hand, and kept beside the table."""
PICTURE = ROOT / "resources" / "pictures" / "growth.png"


def keep(name: str, rows: Sequence[Row]) -> None:
    """Write the figures of one benchmark over those of its last run, and the table of all anew."""
    kept = _kept()
    made = {"made": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "commit": results.commit()}
    kept[name] = {**made, "rows": [asdict(row) for row in rows]}
    FIGURES.write_text(f"{json.dumps(dict(sorted(kept.items())), indent=1)}\n", encoding="utf-8")
    TEXT.write_text("\n".join(_report(kept)).rstrip() + "\n", encoding="utf-8")


def plot(file: Path) -> int:
    """Draw each kept figure against the size of the history; return how many curves there are."""
    import os

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from digmed_desktop.ui import fonts

    application = QApplication.instance() or QApplication([])
    fonts.family()
    import pyqtgraph
    from pyqtgraph import exporters

    curves = _curves()
    pyqtgraph.setConfigOptions(antialias=True, background="w", foreground="k")
    picture = pyqtgraph.PlotWidget()
    picture.resize(1200, 700)
    picture.setLogMode(x=True, y=True)
    picture.setLabel("bottom", "notifications in the history")
    picture.setLabel("left", "milliseconds (median)")
    picture.showGrid(x=True, y=True, alpha=0.3)
    picture.addLegend(offset=(10, 10), labelTextSize="9pt")
    for number, (name, points) in enumerate(sorted(curves.items())):
        picture.plot(
            [max(size, 1) for size, _ in points],
            [max(figure, 0.01) for _, figure in points],
            pen=pyqtgraph.mkPen(pyqtgraph.intColor(number, max(len(curves), 2)), width=2),
            symbol="o",
            symbolSize=6,
            name=name,
        )
    picture.show()
    application.processEvents()
    exporters.ImageExporter(picture.plotItem).export(str(file))
    return len(curves)


def _curves() -> dict[str, list[tuple[int, float]]]:
    curves: dict[str, list[tuple[int, float]]] = {}
    for one in _kept().values():
        for row in _rows(one):
            if row.size is not None:
                curves.setdefault(row.what, []).append((row.size, row.here))
    return {name: sorted(points) for name, points in curves.items() if len(points) > 1}


def _kept() -> dict[str, Any]:
    return json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}


def _rows(one: dict[str, Any]) -> list[Row]:
    return [Row(**{**row, "ours": tuple(row["ours"]), "theirs": tuple(row["theirs"])}) for row in one["rows"]]


def _report(kept: dict[str, Any]) -> Iterable[str]:
    yield "benchmarks: medians of interleaved runs beside a reference in the same run; spread is that of the pairs"
    for name, one in sorted(kept.items()):
        yield from ("", f"{name}: made {one['made']}, commit {one['commit']}", *table(_rows(one)))
    if GAPS.exists():
        yield from ("", GAPS.read_text(encoding="utf-8").strip())
