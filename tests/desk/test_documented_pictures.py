"""The pictures of README and the guides: each is shown, and one command makes them all."""

from digmed_desktop import resources
from digmed_desktop.tour.pictures import DOCUMENTED
from tests.long.registry import ROOT


def test_each_picture_is_shown_and_made_by_the_command() -> None:
    kept = {
        name.removeprefix("pictures/").removesuffix(".png") for name in resources.names("pictures", ".png")
    }
    assert kept == set(DOCUMENTED)
    shown = (ROOT / "README.md").read_text(encoding="utf-8") + resources.text("help/for-staff.md")
    assert [name for name in DOCUMENTED if f"{name}.png" not in shown] == []
