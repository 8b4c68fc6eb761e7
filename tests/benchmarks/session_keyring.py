"""A keyring of its own for a measurement: GNOME Keyring, locked with a password, on a session bus of its own."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def keyring(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of processes that use this keyring; it ends with the block."""
    share, run = folder / "share", folder / "run"
    for one in (share / "keyrings", run):
        one.mkdir(parents=True, mode=0o700)
    with contextlib.ExitStack() as undo:
        bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        undo.callback(_end, bus)
        assert bus.stdout is not None
        environment = {
            **os.environ,
            "DBUS_SESSION_BUS_ADDRESS": bus.stdout.readline().strip(),
            "XDG_DATA_HOME": str(share),
            "XDG_RUNTIME_DIR": str(run),
        }
        daemon = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        undo.callback(_end, daemon)
        assert daemon.stdin is not None
        daemon.stdin.write("a password")
        daemon.stdin.close()
        yield environment


def _end(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    process.wait(10)
