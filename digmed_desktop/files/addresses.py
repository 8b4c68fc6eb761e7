"""The address by which SQLite opens a file."""

from pathlib import Path, PurePath
from urllib.parse import quote


def sqlite_address(path: PurePath, *, mode: str) -> str:
    """Return a file's address for SQLite; ``mode``: ro, rw or rwc.

    ``Path.as_uri`` names a share of the network as ``file://server/share``; SQLite takes the server for an authority
    and refuses it. With an empty authority the path keeps its two slashes and opens.
    """
    whole = path.resolve() if isinstance(path, Path) else path
    plain = whole.as_posix()
    root = "" if plain.startswith("/") else "/"
    return f"file://{root}{quote(plain, safe='/:')}?mode={mode}"
