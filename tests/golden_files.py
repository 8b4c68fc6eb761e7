"""Golden files: written anew with ``pytest --new-golden``, and read before they are kept."""

from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"
write_anew = False
"""Set from the option when a run of pytest begins."""


def kept(name: str, made: str | bytes) -> str:
    """Return the text of a golden file, which is that of ``made`` where it is to be written anew."""
    file = GOLDEN / name
    if write_anew:
        file.write_bytes(made.encode() if isinstance(made, str) else made)
    return file.read_bytes().decode()
