"""The bytes of a message as the database keeps them: compressed, and checked whenever they are read."""

import hashlib
import zlib

from digmed_desktop.history import faults


def packed(payload: bytes) -> bytes:
    """Return the bytes of a message as they are kept."""
    return zlib.compress(payload)


def unpacked(body: bytes, sha256: str) -> bytes:
    """Return the very bytes that were frozen. Raises StoreError for any others: they must not be sent or shown."""
    inflater = zlib.decompressobj()
    try:
        payload = inflater.decompress(body)
    except zlib.error:
        raise faults.DAMAGED.again() from None
    if not inflater.eof or hashlib.sha256(payload).hexdigest() != sha256:
        raise faults.DAMAGED.again()
    return payload
