"""What CONTRIBUTING tells a newcomer is there, and the decisions are numbered and say what, why and what else."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "digmed_desktop"
PAGE = (PACKAGE / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_every_path_that_contributing_names_exists() -> None:
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*|\.ci/\w+)`", PAGE) + re.findall(r"\]\(([^)]+)\)", PAGE)
    assert len(named) > 15
    places = (ROOT, PACKAGE, PACKAGE / "ui" / "pages")
    assert [path for path in named if not any((place / path).exists() for place in places)] == []


def test_contributing_has_a_recipe_for_each_usual_change() -> None:
    recipes = re.findall(r"^### (.+)$", PAGE, re.MULTILINE)
    assert recipes == [
        "A question to the GP",
        "A response code",
        "A schema step with an index",
        "An edition",
        "A page",
    ]


def test_each_decision_has_a_number_of_its_own_and_says_what_why_and_what_else() -> None:
    files = sorted((PACKAGE / "decisions").glob("*.md"))
    assert [file.name[:4] for file in files] == [f"{number:04}" for number in range(1, len(files) + 1)]
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert [word for word in ("**What.**", "**Why.**", "**Weighed.**") if word not in text] == [], (
            file.name
        )
