"""Practice mode as the program holds it: starts the practice MESH, gives its account, moves its clock."""

import contextlib
import importlib.util
import json
import queue
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

from digmed_desktop.demo.client_session import PracticeClient
from digmed_desktop.demo.clock import PracticeClock
from digmed_desktop.demo.own_command import PRACTICE_MESH, own_command
from digmed_desktop.demo.processes import end, environment
from digmed_desktop.demo.world import World, load_world
from digmed_desktop.messaging.errors import DigMedError, NotStartedError

if TYPE_CHECKING:
    from digmed_desktop.mesh.account import MeshAccount

CLOCK_FILE = "practice-clock.json"
START_LIMIT = 300.0  # seconds, as the next
COMMAND_LIMIT = 120.0  # moving the clock takes two of the practices' rounds
ANSWER_AFTER = 1.5
"""Seconds between a message and the first answer, and between that and the next."""


class PracticeMesh:
    """A running practice MESH. Its methods wait for its answer: call them from a worker thread.

    Ended by :meth:`stop` or as a context manager; if the program is killed, the practice MESH ends by itself.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", clock: PracticeClock) -> None:
        self.clock = clock
        self.world: World = load_world()
        self._process = process
        self._lock = threading.Lock()
        self._asked = 0
        self._client: PracticeClient | None = None
        self._lines: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, args=(process.stdout,), daemon=True).start()
        try:
            self._ready = self._next(START_LIMIT)
        except DigMedError:  # also one that ended at once
            raise _not_started() from None
        if "port" not in self._ready:
            raise _start_trouble(self._ready)
        self.url = f"http://127.0.0.1:{self._ready['port']}"

    @classmethod
    def start(cls, data_dir: Path | None, *, answer_after: float = ANSWER_AFTER) -> Self:
        """Start a practice MESH; ``data_dir`` keeps its clock and the ids it has seen. Raises DigMedError."""
        missing = [name for name in ("mesh_sandbox", "uvicorn") if importlib.util.find_spec(name) is None]
        if missing:
            raise _not_installed()
        clock = PracticeClock(data_dir / CLOCK_FILE if data_dir else None)
        asked = [str(answer_after), str(clock.offset.total_seconds()), *([str(data_dir)] if data_dir else [])]
        command = own_command(PRACTICE_MESH, *asked)
        try:
            process = subprocess.Popen(  # noqa: S603  # this very program
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError:
            raise _not_started() from None
        try:
            return cls(process, clock)
        except BaseException:
            end(process)
            raise

    @property
    def is_running(self) -> bool:
        """Whether the practice MESH still runs."""
        return self._process.poll() is None

    def account(self) -> "MeshAccount":
        """Return the account of the fictional pharmacy; it accepts no address but one of this computer."""
        from digmed_desktop.mesh.account import MeshAccount

        ready = self._ready
        return MeshAccount(
            self.url, ready["mailbox"], ready["password"], ready["shared_key"], practice_only=True
        )

    @property
    def client(self) -> PracticeClient | None:
        """The simulated MESH client between the program and this MESH, if one was asked for."""
        return self._client

    def use_client(self, folder: Path | None) -> None:
        """Put a simulated MESH client with its folders under ``folder`` in between, or take it away again."""
        if self._client is not None:
            self._client.stop()
            self._client = None
        if folder is not None:
            mailboxes = {one.ods_code: one.mailbox for one in self.world.practices if one.mailbox}
            self._client = PracticeClient(folder, self.account(), mailboxes)

    def move_clock(self, days: float = 0, hours: float = 0) -> None:
        """Move the clock of practice mode forward; what is due by then has happened when this returns."""
        offset = self.clock.move(days=days, hours=hours)
        self._command("clock", seconds_ahead=offset.total_seconds())

    def go_offline(self, seconds: float) -> None:
        """Be out of reach for so many seconds; 0 is back at once."""
        self._command("offline", seconds=seconds)

    def answer_slowly(self, seconds: float) -> None:
        """Take so many seconds for every answer; 0 ends it."""
        self._command("slow", seconds=seconds)

    def refuse(self, seconds: float) -> None:
        """Refuse the account for so many seconds, as with a wrong password."""
        self._command("refuse", seconds=seconds)

    def lose_answers(self, number: int = 1, *, then_away: float = 0.0) -> None:
        """Take the next messages and cut the connection before saying so; then be away for so many seconds."""
        self._command("lose", answers=number, away=then_away)

    def behave(self, behaviour: str, practice_ods: str = "") -> None:
        """Have one practice or all treat every patient alike; ``""`` goes back to each patient's own."""
        self._command("behave", **{"as": behaviour, "practice": practice_ods})

    def answer_after(self, seconds: float) -> None:
        """Set the answering time of the practices."""
        self._command("pace", seconds=seconds)

    def make_round(self) -> None:
        """Have the practices look into their mailboxes now; what is due by now is sent when this returns."""
        self._command("round")

    def stop(self) -> None:
        """End the practice MESH and wait for its end."""
        self.use_client(None)
        end(self._process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _command(self, do: str, **fields: Any) -> None:
        with self._lock:
            self._asked += 1
            line = json.dumps({"id": self._asked, "do": do, **fields}) + "\n"
            try:
                self._write(line.encode())
            except (OSError, ValueError):
                raise _ended() from None
            answer = self._next(COMMAND_LIMIT)
            while answer.get("id") not in (self._asked, None):  # the late answer to one that was given up
                answer = self._next(COMMAND_LIMIT)
        if "trouble" in answer:
            raise DigMedError("Practice mode's MESH did not do what was asked.", "Start practice mode again.")

    def _write(self, line: bytes) -> None:
        if self._process.stdin:
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def _next(self, limit: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=limit)
        except queue.Empty:
            raise _not_started() from None
        if line is None:
            self._lines.put(None)
            raise _ended()
        return line

    def _read(self, lines: IO[bytes] | None) -> None:
        for line in lines or ():
            with contextlib.suppress(ValueError):
                self._lines.put(json.loads(line))
        self._lines.put(None)


def _not_installed() -> NotStartedError:
    return NotStartedError(
        "Practice mode is not installed.", 'Install it with: pip install "digmed-desktop[demo]"'
    )


def _not_started() -> NotStartedError:
    return NotStartedError("Practice mode's MESH did not start.", "Start practice mode again.")


def _ended() -> DigMedError:
    return DigMedError("Practice mode's MESH has ended.", "Start practice mode again.")


def _start_trouble(answer: dict[str, Any]) -> NotStartedError:
    return _not_installed() if answer.get("trouble") == "missing" else _not_started()
