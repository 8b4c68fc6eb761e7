"""Client certificates in PEM and PFX, mutated in their DER: read or refused with a sentence."""

import base64
import random
import re
from pathlib import Path

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from digmed_desktop.mesh import certificates
from digmed_desktop.messaging.errors import AccountError
from tests.long import mutations
from tests.long.registry import LongCheck, Outcome, Size
from tests.mesh.conftest import Authority

_BLOCK = re.compile(rb"(-----BEGIN [A-Z ]+-----\n)(.*?)(-----END [A-Z ]+-----\n)", re.DOTALL)


def _changed_pem(pem: bytes, chance: random.Random) -> bytes:
    """Change the DER inside one block, or the blocks themselves."""
    blocks = _BLOCK.findall(pem)
    place = chance.randrange(len(blocks))
    head, body, foot = blocks[place]
    match chance.randrange(4):
        case 0:
            blocks.insert(place, blocks[chance.randrange(len(blocks))])
        case 1:
            blocks[place] = (chance.choice(blocks)[0], body, foot)
        case _:
            der = mutations.raw(base64.b64decode(body), chance)
            lines = base64.encodebytes(der)
            blocks[place] = (head, lines, foot)
    return mutations.sometimes_raw(b"".join(map(b"".join, blocks)), chance)


def run(size: Size, _folder: Path) -> Outcome:
    """Read mutated files."""
    authority = Authority("A root of a test")
    made = authority.issue("local-id.x26.api.mesh-client.nhs.uk")
    pem = made.pem + authority.pem
    pfx = pkcs12.serialize_key_and_certificates(
        b"name", made.key, made.certificate, None, BestAvailableEncryption(b"word")
    )

    def read(body: bytes) -> None:
        if body[:1] == b"\x30":
            certificates.from_pfx(body, "word")
        else:
            certificates.is_root(body)
            certificates.from_pem(body, made.key_pem if b"PRIVATE" not in body else body)

    def mutate(chance: random.Random) -> bytes:
        if chance.random() < 0.02:  # slow: a password is stretched each time
            return mutations.raw(pfx, chance)
        return _changed_pem(pem + made.key_pem, chance)

    return mutations.run(mutations.Reader(read, (AccountError,), mutate), size)


CHECK = LongCheck("a mutated certificate is read or refused with a sentence", Size(10_000), run)
