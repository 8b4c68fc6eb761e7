"""Give the measures of the window by name, from ``resources/styles/tokens.toml``.

No other module of the window sets a size, a font or a colour of its own; ``tests/ui/test_design_system.py`` looks for
those that do. Widths of content are counted in letters (``..._EM``), so that they grow with the text.
"""

from dataclasses import dataclass
from typing import Any

from digmed_desktop.data_files.source import OWN

FILE = "styles/tokens.toml"


@dataclass(frozen=True, slots=True)
class Type:
    """Sizes of text: the application's font in points, and factors of it."""

    points: float
    title: float
    heading: float
    body: float
    small: float


@dataclass(frozen=True, slots=True)
class Space:
    """Steps of the distance between things, in pixels."""

    hair: int
    tight: int
    small: int
    medium: int
    large: int
    wide: int
    broad: int


Margins = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Inset:
    """Room inside an edge: left, top, right, bottom, in pixels."""

    page: Margins
    column: Margins
    card: Margins
    notice: Margins
    bar: Margins
    slim: Margins


@dataclass(frozen=True, slots=True)
class Size:
    """Heights and widths of controls, in pixels."""

    target: int
    row: int
    option: int
    icon: int
    first_width: int
    first_height: int
    rail: int
    ahead: int
    foot: int
    large: int
    unbounded: int


@dataclass(frozen=True, slots=True)
class Radius:
    """Roundness of corners, in pixels."""

    cap: int
    control: int
    card: int
    popup: int


@dataclass(frozen=True, slots=True)
class Stroke:
    """Widths of lines, in pixels."""

    line: int
    mark: int
    fine: float
    bar: int


@dataclass(frozen=True, slots=True, repr=False)
class Paper:
    """Sizes of text on paper in points, and its ink."""

    body: float
    foot: float
    title: float
    heading: float
    ink: str


def _inset(steps: list[str], space: Space) -> Margins:
    left, top, right, bottom = (getattr(space, step) for step in steps)
    return left, top, right, bottom


_RAW: dict[str, dict[str, Any]] = OWN.raw(FILE)

TYPE = Type(**_RAW["type"])
SPACE = Space(**_RAW["space"])
INSET = Inset(**{name: _inset(steps, SPACE) for name, steps in _RAW["inset"].items()})
SIZE = Size(**_RAW["size"])
RADIUS = Radius(**_RAW["radius"])
STROKE = Stroke(**_RAW["stroke"])
PAPER = Paper(**_RAW["paper"])
_SHEET: dict[str, int] = _RAW["sheet"]


def for_the_style_sheet() -> dict[str, str]:
    """Return the measures that the style sheet names, such as ``radius.card``, in pixels."""
    measured = (("space", SPACE), ("size", SIZE), ("radius", RADIUS), ("stroke", STROKE))
    named = {
        f"{table}.{name}": f"{getattr(group, name)}px"
        for table, group in measured
        for name in type(group).__slots__
    }
    return {**named, **{f"sheet.{name}": f"{pixels}px" for name, pixels in _SHEET.items()}}
