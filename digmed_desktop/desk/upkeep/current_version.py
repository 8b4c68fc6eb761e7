"""Compares this version with the one that administrators call current. Nothing is downloaded or installed."""

from collections.abc import Iterator

from digmed_desktop import __version__
from digmed_desktop.messaging.connection import Check, Health
from digmed_desktop.messaging.errors import DigMedError

NAME = "Version"


def check_version(source: str, proxy: str = "", own: str = __version__) -> Iterator[Check]:
    """Check whether this version is current; nothing is said where administrators name no place to look."""
    from digmed_desktop.reference import current_version

    if not source:
        return
    try:
        current = current_version.read(source, proxy)
    except DigMedError as error:
        yield Check(NAME, Health.LOOK, error.happened, error.remedy)
        return
    if current > tuple(int(part) for part in own.split(".")):
        told = ".".join(map(str, current))
        yield Check(
            NAME,
            Health.LOOK,
            f"Version {told} is current; this is {own}.",
            "Ask your IT support to install it.",
        )
    else:
        yield Check(NAME, Health.GOOD, f"This is version {own}, which your IT support calls current.")
