"""Child processes of practice mode: what they find around them, and how they end."""

import contextlib
import os
import subprocess

from digmed_desktop.files import own_place


def environment() -> dict[str, str]:
    """Return a child's environment, in which it finds this package in a checkout too."""
    folder = own_place.checkout()
    if folder is None:
        return dict(os.environ)
    path = os.environ.get("PYTHONPATH", "")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(part for part in (path, str(folder)) if part)}


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a child by closing its input, and by force after five seconds."""
    if process.stdin:
        with contextlib.suppress(OSError):
            process.stdin.close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()
