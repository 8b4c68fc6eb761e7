"""Damaged archives of dm+d through the import: refused with its own error, or harmless; the list stays either way."""

import random
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.desk.lists.medicines import MedicineDesk
from digmed_desktop.history.store import Store
from digmed_desktop.reference.dmd import ReleaseError
from tests.history.samples import KEY, MovedClock
from tests.long.registry import LongCheck, Outcome, Size
from tests.managing import as_manager
from tests.reference import synthetic_dmd

PRODUCTS, VIRTUAL = 40, 12
WAYS = (zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
HEADERS = {LOCAL: 30, CENTRAL: 46, END: 22}
"""Lengths in bytes of the fixed part of each header, after which names and data follow."""

Damage = Callable[[bytearray, random.Random], None]


def _flip(body: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 3))):
        body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)


def _overwrite(body: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(body))
    length = min(chance.choice((1, 4, 64, 1000)), len(body) - start)
    body[start : start + length] = chance.choice((bytes(length), chance.randbytes(length)))


def _cut(body: bytearray, chance: random.Random) -> None:
    del body[chance.randrange(1, len(body)) :]


def _lose(body: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(body))
    del body[start : start + chance.choice((1, 2, 512))]


def _insert(body: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(body))
    body[start:start] = chance.randbytes(chance.choice((1, 2, 512)))


def _header(body: bytearray, chance: random.Random) -> None:
    """Change a field of a header: versions, flags, method, sizes, checksums, offsets."""
    kind = chance.choice(tuple(HEADERS))
    places = [at for at in range(len(body)) if body.startswith(kind, at)]
    field = chance.choice(places) + chance.randrange(4, HEADERS[kind], 2)
    body[field : field + 2] = chance.choice((b"\0\0", b"\1\0", b"\xff\xff", chance.randbytes(2)))


DAMAGES: tuple[Damage, ...] = (_flip, _flip, _overwrite, _cut, _lose, _insert, _header, _header, _header)


def archives(folder: Path) -> list[bytes]:
    """Return one whole archive for each way of compressing, each with the same release."""
    release = synthetic_dmd.write(folder / "release", PRODUCTS, VIRTUAL)
    made = []
    for number, way in enumerate(WAYS):
        archive = folder / f"whole-{number}.zip"
        with zipfile.ZipFile(archive, "w", way) as out:
            for file in sorted(release.iterdir()):
                out.write(file, file.name)
        made.append(archive.read_bytes())
    return made


def run(size: Size, folder: Path) -> Outcome:
    """Import damaged archives over a list that stands; note each error that is not the import's own."""
    store = Store.create(folder / "data" / "digmed.db", KEY, MovedClock())
    with as_manager(store):
        outcome = _import_all(size, folder, MedicineDesk(store))
    store.close()
    return outcome


def _import_all(size: Size, folder: Path, desk: MedicineDesk) -> Outcome:
    whole, chance = archives(folder), random.Random(size.seed)
    file = folder / "release.zip"
    file.write_bytes(whole[0])
    assert desk.import_release(file, lambda _share: None, lambda: False) == ("release", PRODUCTS)

    def listed() -> tuple[object, tuple[Medicine, ...]]:
        return desk.release(), tuple(m for word in synthetic_dmd.WORDS for m in desk.find(word))

    before = listed()
    ended: Counter[str] = Counter()
    broken = []
    for number in range(size.count):
        body, damage = bytearray(chance.choice(whole)), chance.choice(DAMAGES)
        damage(body, chance)
        file.write_bytes(body)
        case = f"archive {number} ({damage.__name__.strip('_')})"
        try:
            desk.import_release(file, lambda _share: None, lambda: False)
            ended["harmless"] += 1
        except ReleaseError as error:
            ended["refused"] += 1
            if not (error.happened and error.remedy):
                broken.append(f"{case}: refused without a sentence or a remedy")
        except Exception as error:  # noqa: BLE001 - any other kind is what is looked for
            ended["ended in another error"] += 1
            broken.append(f"{case}: {type(error).__name__}: {error}")
        if listed() != before:
            broken.append(f"{case}: the list is another")
            break
    return Outcome(dict(ended), tuple(broken))


CHECK = LongCheck(
    "a damaged dm+d archive is refused with the import's own error, and the old list stays", Size(10_000), run
)
