"""The practice MESH as a process of its own: ``digmed-desktop practice-mesh``.

It writes one line of JSON when it is ready (``port``, ``mailbox``, ``password``, ``shared_key``) or cannot be
(``trouble``), obeys commands on its standard input, one line of JSON each, and answers each with a line. When
its input closes it ends: a program that was killed leaves nothing behind.
"""

import asyncio
import json
import os
import secrets
import signal
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from digmed_desktop.demo.clock import PracticeClock
from digmed_desktop.demo.world import load_world
from digmed_desktop.mesh.account import MeshAccount

if TYPE_CHECKING:
    from digmed_desktop.demo.door import PharmacyDoor
    from digmed_desktop.demo.practice import SimulatedPractice
    from digmed_desktop.demo.rounds import Rounds


class Commands:
    """Requests of the program to the practice MESH."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        door: "PharmacyDoor",
        rounds: "Rounds",
        practices: "list[SimulatedPractice]",
        clock: PracticeClock,
    ) -> None:
        self._loop, self._door, self._rounds, self._clock = loop, door, rounds, clock
        self._practices = practices
        self._known: dict[str, Callable[[dict[str, Any]], None]] = {
            "clock": self._set_clock,
            "offline": self._go_offline,
            "slow": lambda c: self._door.answer_slowly(float(c["seconds"])),
            "refuse": lambda c: self._door.refuse(float(c["seconds"])),
            "lose": lambda c: self._door.lose_answers(int(c["answers"]), float(c.get("away", 0.0))),
            "behave": self._behave,
            "pace": self._set_pace,
            "round": lambda _: self._make_round(),
        }

    def obey(self, line: bytes) -> dict[str, Any]:
        """Do what a line asks and return the answer."""
        number: Any = None
        try:
            command = json.loads(line)
            number = command.get("id")
            self._known[command["do"]](command)
        except (ValueError, TypeError, KeyError, AttributeError, OSError) as fault:
            return {"id": number, "trouble": type(fault).__name__}
        return {"id": number, "done": True}

    def _set_clock(self, command: dict[str, Any]) -> None:
        self._make_round()  # what is in a mailbox now has been there since before the clock moved
        self._clock.set_offset(timedelta(seconds=float(command["seconds_ahead"])))
        self._make_round()

    def _make_round(self) -> None:
        if not self._rounds.make_now():
            raise TimeoutError("the practices are busy")

    def _go_offline(self, command: dict[str, Any]) -> None:
        asyncio.run_coroutine_threadsafe(self._door.go_away(float(command["seconds"])), self._loop).result(5)

    def _behave(self, command: dict[str, Any]) -> None:
        behaviour = load_world().behaviours[command["as"]] if command.get("as") else None
        for one in self._practices:
            if command.get("practice", "") in ("", one.practice.ods_code):
                one.override = behaviour

    def _set_pace(self, command: dict[str, Any]) -> None:
        self._rounds.answer_after = max(0.0, float(command["seconds"]))


async def _serve(say: IO[str], folder: Path | None, clock: PracticeClock, answer_after: float) -> None:
    from digmed_desktop.demo.door import HOST, Door, PharmacyDoor
    from digmed_desktop.demo.embedded import LOST, EmbeddedMesh, Office
    from digmed_desktop.demo.journal import Journal

    world, loop = load_world(), asyncio.get_running_loop()
    password, shared_key = secrets.token_urlsafe(18), secrets.token_urlsafe(18)
    journal = Journal(folder)
    mesh = EmbeddedMesh(world, password, shared_key, journal)
    waiting = threading.Event()
    sent: list[Callable[[], None]] = [waiting.set]
    door = PharmacyDoor(mesh.app, lambda: sent[0](), world)
    side_door = Door(mesh.app, lambda: None)
    port, side_port = await door.open(), await side_door.open()
    ready = {"port": port, "mailbox": world.pharmacy_mailbox, "password": password, "shared_key": shared_key}
    _write(say, {**ready, "mailboxes": {p.ods_code: p.mailbox for p in world.practices if p.mailbox}})

    def work() -> None:
        # what reads and writes messages takes a second to import: the pharmacy need not wait for it
        from digmed_desktop.demo.practice import PracticeMemory, SimulatedPractice
        from digmed_desktop.demo.rounds import Rounds
        from digmed_desktop.mesh.transport import MeshTransport

        def connect(mailbox: str) -> MeshTransport:
            url = f"http://{HOST}:{side_port}"
            return MeshTransport(MeshAccount(url, mailbox, password, shared_key, practice_only=True))

        memory = PracticeMemory(journal)
        practices = [SimulatedPractice(one, world, memory) for one in world.practices if one.mailbox]
        rounds = Rounds(
            {one.practice.mailbox: one for one in practices},
            connect,
            Office(mesh, loop),
            clock,
            answer_after,
            (LOST, door.code_of_lost),
            journal,
        )
        sent[0] = rounds.wake
        rounds.wake()
        listening = threading.Thread(
            target=_listen, args=(say, Commands(loop, door, rounds, practices, clock)), daemon=True
        )
        listening.start()
        rounds.run()

    threading.Thread(target=_or_end, args=(work,), daemon=True).start()
    await asyncio.Event().wait()


def _listen(say: IO[str], commands: Commands) -> None:
    for line in sys.stdin.buffer:
        _write(say, commands.obey(line))
    os._exit(0)  # the program that started us is gone


def _or_end(work: Callable[[], None]) -> None:
    """Do the work; when it fails, end the process, so that nobody waits for a practice that cannot answer."""
    try:
        work()
    finally:
        os._exit(1)


def _write(say: IO[str], fields: dict[str, Any]) -> None:
    say.write(json.dumps(fields) + "\n")
    say.flush()


def main(arguments: list[str]) -> int:
    """Run the practice MESH. ``arguments``: answering time in seconds, seconds ahead, folder or nothing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program; we end with it
    say = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer of ours
    clock = PracticeClock()
    clock.set_offset(timedelta(seconds=float(arguments[1])))
    folder = Path(arguments[2]) if len(arguments) > 2 else None
    try:
        asyncio.run(_serve(say, folder, clock, float(arguments[0])))
    except ImportError as missing:
        _write(say, {"trouble": "missing", "what": missing.name or ""})
    except OSError:
        _write(say, {"trouble": "no-port"})
    return 1
