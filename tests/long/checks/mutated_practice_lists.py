"""Lists of practices in both layouts, mutated: read or refused with a sentence."""

from pathlib import Path

from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.reference import ods_file
from tests.long import mutations
from tests.long.registry import LongCheck, Outcome, Size
from tests.reference.ods_lines import line

HEADINGS = ",".join(
    next(
        (column.names[0] for column in ods_file._COLUMNS.values() if column.place == place), f"Column {place}"
    )
    for place in range(ods_file.COLUMNS)
)
OLD = [line(f"A8100{n}", f"SURGERY {n}", status=status).encode() for n, status in enumerate("AACDP")]
NEW = [
    line(f"F9900{n}", f"PRACTICE {n}", setting=role, status=status).encode()
    for n, (role, status) in enumerate([("RO76", "ACTIVE"), ("RO80|RO76", "INACTIVE"), ("RO87", "ACTIVE")])
]
LISTS = (OLD, NEW, [HEADINGS.encode(), *OLD])


def run(size: Size, folder: Path) -> Outcome:
    """Read mutated lists."""
    file = folder / "epraccur.csv"

    def read(body: bytes) -> None:
        file.write_bytes(body)
        for practice in ods_file.read(file):
            assert practice.organisation.ods_code

    reader = mutations.Reader(
        read, (DigMedError,), lambda chance: mutations.changed_lines(chance.choice(LISTS), chance, b",")
    )
    return mutations.run(reader, size)


CHECK = LongCheck("a mutated list of practices is read or refused with a sentence", Size(10_000), run)
