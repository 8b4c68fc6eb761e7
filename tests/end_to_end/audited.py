"""Plays the tour, and writes its audit beside it, chapter by chapter: ``python -m tests.end_to_end.audited FOLDER``.

Further arguments go to the tour. ``audit.json`` holds, for each chapter in order, the acts that it added.
"""

import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from digmed_desktop import cli
from digmed_desktop.desk.desk import Desk
from digmed_desktop.tour import play
from digmed_desktop.tour.moves import Moves

Chapter = Callable[[], None]


def _acts(desk: Desk) -> list[list[Any]]:
    """Return every act, the oldest first: number, kind of link, act, notification, note and who."""
    found = desk.audit._store.audit.rows()
    return [[one.number, one.source, one.act, one.about, one.note, one.by] for one in found][::-1]


def _audited(
    folder: Path, real: Callable[[Moves], tuple[Chapter, ...]]
) -> Callable[[Moves], tuple[Chapter, ...]]:
    told: list[dict[str, Any]] = []

    def after(chapter: Chapter, moves: Moves) -> Chapter:
        @functools.wraps(chapter)
        def played() -> None:
            chapter()
            got: list[tuple[list[list[Any]], list[str]]] = []
            moves.office.ask(
                lambda desk: (_acts(desk), list(desk.audit._store.chain.verify().faults)), got.append
            )
            moves.player.wait_for("the audit", lambda: bool(got))
            acts, faults = got[0]
            seen = told[-1]["until"] if told else 0
            told.append(
                {
                    "chapter": getattr(chapter, "__name__", ""),
                    "until": acts[-1][0],
                    "acts": [one for one in acts if one[0] > seen],
                    "faults": faults,
                }
            )
            (folder / "audit.json").write_text(json.dumps(told, indent=1), encoding="utf-8")

        return played

    return lambda moves: tuple(after(chapter, moves) for chapter in real(moves))


if __name__ == "__main__":
    at = Path(sys.argv[1])
    setattr(play, "chapters", _audited(at, play.chapters))  # noqa: B010 - a function of its own for this run
    sys.exit(cli.main(["--demo", "--tour", *sys.argv[1:]]))
