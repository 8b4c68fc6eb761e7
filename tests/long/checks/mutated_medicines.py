"""Releases of dm+d with a mutated file: read or refused with the release's own error, in bounded memory."""

import random
from pathlib import Path

from lxml import etree

from digmed_desktop.reference.dmd import Release, ReleaseError
from tests.long import mutations
from tests.long.registry import LongCheck, Outcome, Size
from tests.reference import synthetic_dmd


def run(size: Size, folder: Path) -> Outcome:
    """Read a release whose files are mutated, one at a time."""
    release = synthetic_dmd.write(folder / "release", 12, 6)
    files = {file: file.read_bytes() for file in sorted(release.iterdir())}
    trees = {file: etree.fromstring(body) for file, body in files.items()}
    chosen = [next(iter(files))]

    def read(body: bytes) -> None:
        file = chosen[0]
        file.write_bytes(body)
        try:
            for medicine in Release(release).medicines(lambda _share: None, lambda: False):
                assert medicine.product.display
        finally:
            file.write_bytes(files[file])

    def mutate(chance: random.Random) -> bytes:
        chosen[0] = chance.choice(list(files))
        if chance.random() < 0.01:  # a file that says nothing at great length
            root = trees[chosen[0]].tag.encode()
            return b"<%b>%b</%b>" % (root, b"<X/>" * 2_000_000, root)
        return mutations.changed_xml(trees[chosen[0]], chance)

    return mutations.run(mutations.Reader(read, (ReleaseError,), mutate), size)


CHECK = LongCheck(
    "a mutated file of dm+d is read or refused with the release's own error, in bounded memory",
    Size(10_000),
    run,
)
