"""Sign every program file that nobody has signed, by a hook that the owner of a certificate brings."""

from pathlib import Path

from installer.making.python import signed_by
from installer.making.run import run

_ENDINGS = {".exe", ".dll", ".pyd"}


def unsigned(payload: Path) -> list[Path]:
    """Return the programs and libraries without a signature: rules such as WDAC stop them."""
    files = (one for one in sorted(payload.rglob("*")) if one.suffix.lower() in _ENDINGS)
    return [one for one in files if not signed_by(one)]


def sign(files: list[Path], hook: str) -> int:
    """Have the hook sign each file in place (``HOOK FILE``); return how many. A file it leaves unsigned is a fault."""
    from installer.making.run import BuildError

    for file in files:
        run([hook, file])
        if not signed_by(file):
            raise BuildError(f"The signing hook left {file.name} unsigned. Nothing was packed.")
    return len(files)
