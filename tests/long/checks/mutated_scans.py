"""What a scanner sends and what people type as a recovery phrase, mutated: never an error of another kind."""

import random
from pathlib import Path

from digmed_desktop.credentials.phrase import key_of, phrase_of
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.scanning import pack
from tests.long import mutations
from tests.long.registry import LongCheck, Outcome, Size

SENT = (
    b"]d20105012345678900\x1d10ABC123\x1d17270630\x1d21XYZ",
    b"]d2010501234567890017270630 10AB-1\x1d21S",
    b"(01)05012345678900(10)ABC123(17)270630",
    b"https://id.gs1.org/01/05012345678900/10/ABC?17=270630",
    b"5012345678900",
    b"9990000018",
)


def run(size: Size, _folder: Path) -> Outcome:
    """Read mutated scans and phrases."""
    words = " ".join(phrase_of(bytes(range(32)))).encode()

    def read(body: bytes) -> None:
        text = body.decode("utf-8", "replace")
        if text.count(" ") > 10:
            key_of(text)
        else:
            pack.read(text)

    def mutate(chance: random.Random) -> bytes:
        if chance.random() < 0.3:
            return mutations.changed_lines([words], chance, b" ")
        return mutations.changed_lines(
            [chance.choice(SENT)], chance, chance.choice((b"\x1d", b"/", b"(", b"1"))
        )

    return mutations.run(mutations.Reader(read, (DigMedError,), mutate), size)


CHECK = LongCheck("a mutated scan or phrase is read or refused with a sentence", Size(10_000), run)
