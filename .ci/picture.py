"""Draw the rooms of the program, from the import contract in pyproject.toml, into ARCHITECTURE.md.

Without an argument it prints the picture; with ``--write`` it puts it between the marks of the page.
"""

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "digmed_desktop" / "ARCHITECTURE.md"
BEGIN, END = "<!-- picture: python .ci/picture.py --write -->\n", "<!-- end of the picture -->\n"
INNER = 86
"""Characters between the edges of a floor."""


def floors() -> list[list[str]]:
    """Return the rooms of each floor, the highest first, as the contract ``layers`` has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (layers,) = [
        one["layers"] for one in project["tool"]["importlinter"]["contracts"] if one["id"] == "layers"
    ]
    return [[room.strip() for room in layer.split("|")] for layer in layers]


def without_qt() -> set[str]:
    """Return the rooms that the contract ``core-without-qt`` keeps free of Qt."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (core,) = [one["source_modules"] for one in contracts if one["id"] == "core-without-qt"]
    return {module.removeprefix("digmed_desktop.") for module in core}


def picture() -> str:
    """Draw each floor as a box, above those that it may import."""
    core = without_qt()
    edge = "+" + "-" * (INNER + 2) + "+"
    lines = [edge]
    for floor in floors():
        rooms = "   ".join(room if room in core else f"{room}*" for room in floor)
        lines += [f"| {rooms.center(INNER)} |", edge]
    legend = (
        "A room imports only from the floors below it, never from its neighbours. The contracts keep Qt out of every room\n"
        "without a star.\n"
    )
    return "```\n" + "\n".join(lines) + "\n```\n\n" + legend


def main() -> int:
    """Print the picture, or write it into the page."""
    if "--write" not in sys.argv[1:]:
        print(picture())
        return 0
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    PAGE.write_text(before + BEGIN + picture() + END + rest.split(END)[1], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
