"""Records of other systems, mutated: read or refused with the format's own error."""

from pathlib import Path

from digmed_desktop import resources
from digmed_desktop.clinical import json_record
from tests.long import mutations
from tests.long.registry import LongCheck, Outcome, Size


def _read(body: bytes) -> None:
    try:
        json_record.read(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return  # the command line says so before


def run(size: Size, _folder: Path) -> Outcome:
    """Read mutated examples of both formats."""
    whole = [resources.json_file(name) for name in resources.names("examples", ".json")]
    assert whole
    reader = mutations.Reader(
        _read,
        (json_record.RecordFormatError,),
        lambda chance: mutations.changed_json(chance.choice(whole), chance),
    )
    return mutations.run(reader, size)


CHECK = LongCheck("a mutated record raises nothing but the format's own error", Size(10_000), run)
