"""Plays every chapter of the tour, one after the other in one window."""

import shutil
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from digmed_desktop.tour.chapters import (
    clinic,
    counts,
    delivery,
    mesh_client,
    sent_items,
    signing,
    supply,
    vaccination,
)
from digmed_desktop.tour.moves import Moves
from digmed_desktop.tour.player import Player, TourError
from digmed_desktop.ui.window import Window


def chapters(moves: Moves) -> tuple[Callable[[], None], ...]:
    """Return the chapters in order; each ends where any other can begin."""
    first = vaccination.Chapters(moves)
    counted = counts.Counts(moves)
    emergency = supply.Chapters(moves)
    kept = sent_items.Chapters(moves)
    way = delivery.Delivery(moves)
    return (
        first.first_run,
        counted.first_patient,
        first.what_came_back,
        counted.new_patient,
        counted.known_patient,
        counted.declined,
        first.bad_input,
        *clinic.Clinic(moves).chapters(),
        emergency.insulin_over_easter,
        emergency.in_the_register,
        first.a_locum,
        first.outcomes,
        first.unplugged,
        first.five_days,
        kept.finding,
        kept.correcting,
        kept.reaction,
        kept.paper,
        kept.not_shared,
        kept.today,
        way.unknown,
        way.on_the_way,
        way.late,
        way.no_answer,
        way.reach,
        way.connection,
        *mesh_client.MeshClient(moves).chapters(),
        *signing.Signing(moves).chapters(),
        first.look_and_size,
    )


def play(window: Window, folder: Path, first: int | None = None) -> int:
    """Play every chapter, or the ``first`` few; write pictures, messages and ``tour.json``; return 0 only if all was
    as expected.
    """
    _sweep(folder)
    player = Player(window, folder)
    moves = Moves(window, player)
    began = time.monotonic()
    window.show()
    window.activateWindow()
    status = 0
    try:
        for chapter in chapters(moves)[:first]:
            print(f"-- {(chapter.__doc__ or chapter.__name__).splitlines()[0]}", flush=True)
            chapter()
    except Exception as error:  # noqa: BLE001  (whatever goes wrong, the transcript is written and says it)
        status = 1
        player.window.grab().save(str(folder / "99-where-it-stopped.png"))
        print(f"the tour stopped: {error}", file=sys.stderr)
        if not isinstance(error, TourError):
            traceback.print_exc()
    player.transcript.write(folder / "tour.json")
    steps = player.transcript.steps
    for what, number in player.transcript.counts.items():
        print(f"{what}: {number}, at most {counts.LIMITS[what]}")
    print(
        f"{len(steps)} steps, {len(player.transcript.notifications)} notifications, "
        f"{'all as expected' if status == 0 else 'NOT as expected'}, {time.monotonic() - began:.0f} s: {folder}"
    )
    return status


def _sweep(folder: Path) -> None:
    """Take away what an earlier tour left."""
    for old in folder.glob("[0-9][0-9]-*.png"):
        old.unlink()
    shutil.rmtree(folder / "messages", ignore_errors=True)
    (folder / "messages").mkdir()
    (folder / "tour.json").unlink(missing_ok=True)
