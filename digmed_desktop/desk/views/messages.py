"""Settings about messages, and record imports: plain data for the window."""

from collections.abc import Mapping
from dataclasses import dataclass

from digmed_desktop.clinical.form import Option


@dataclass(frozen=True, slots=True, repr=False)
class EditionChoice:
    """The editions of one notification, the default first, and the one that is sent."""

    workflow: str
    name: str
    options: tuple[Option, ...]
    chosen: str


@dataclass(frozen=True, slots=True, repr=False)
class OwnProductView:
    """One own product as the settings show it."""

    id: str
    name: str
    programme: str
    code: str


@dataclass(frozen=True, slots=True, repr=False)
class MessageSettings:
    """All of it, to be shown."""

    editions: tuple[EditionChoice, ...]
    agreements: tuple[Option, ...]
    agreed: tuple[str, ...]
    programmes: tuple[Option, ...]  # what an own product can belong to
    routes: Mapping[str, tuple[Option, ...]]  # of each of those
    own: tuple[OwnProductView, ...]
    retired: tuple[str, ...]  # names of kinds of notification that are no more


@dataclass(frozen=True, slots=True, repr=False)
class TakenIn:
    """The drafts that a record became, the first to be gone on with first, each with its form."""

    drafts: tuple[tuple[str, str], ...]
