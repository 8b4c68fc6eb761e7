"""The session strip at 1280x720: what matters is read whole, at twice the size of text in short words."""

from collections.abc import Callable

from digmed_desktop.clinical.form import Option
from digmed_desktop.ui.strip import ChipButton
from tests.clinical.examples import FLU, complete_answers
from tests.ui.conftest import Bench


def chips(bench: Bench) -> dict[str, ChipButton]:
    """The chips in view, by the title of their value."""
    strip = bench.window.strip
    return {chip.accessibleName().partition(":")[0]: chip for chip in strip.chips if chip.isVisible()}


def second_patient(open_bench: Callable[..., Bench], percent: int) -> Bench:
    bench = open_bench(text_percent=percent)
    bench.sign_in()
    bench.form.fill(complete_answers())
    bench.form.next_patient()
    bench.idle()
    bench.until(lambda: "Vaccine and batch" in chips(bench))
    assert (bench.window.width(), bench.window.height()) == (1280, 720)
    return bench


SHORT = {
    "Vaccinator": "by A. Khan",
    "Service": FLU.name,
    "Legal basis": "↻ PGD",
    "Vaccine and batch": "↻ TIVc, cell-based · AB-1234 · 30 Jun 2027",
    "Place": "Community pharmacy",
    "Date": "14 Oct",
}
"""What the chips say where their whole words need more than one line; what is usual is carried from nobody."""


def test_every_value_is_read_whole(open_bench: Callable[..., Bench]) -> None:
    bench = second_patient(open_bench, 100)
    found = chips(bench)
    assert {title: chip.text() for title, chip in found.items()} == SHORT
    for chip in (*found.values(), bench.window.strip.who):
        assert chip.width() >= chip.width_of(short=True), chip.text()
    assert len({chip.y() for chip in found.values()}) == 1
    assert not bench.window.strip.more.isVisible()


def test_large_text_leaves_one_line_with_batch_and_expiry_and_the_rest_in_a_menu(
    open_bench: Callable[..., Bench],
) -> None:
    bench = second_patient(open_bench, 200)
    strip = bench.window.strip
    found = chips(bench)
    assert {title: chip.text() for title, chip in found.items()} == {
        "Vaccine and batch": SHORT["Vaccine and batch"]
    }
    (chip,) = found.values()
    assert chip.width() >= chip.width_of(short=True), "vaccine, batch and expiry date are drawn whole"
    assert strip.who.text() == "AK"
    assert strip.who.width() == strip.who.sizeHint().width(), "two letters take the room of two"
    assert "Khan" in strip.who.accessibleName()
    assert len({one.y() for one in (strip.who, chip, strip.more)}) == 1
    actions = {one.text().partition(":")[0].strip("↻ "): one for one in strip.more.menu().actions()}
    assert set(actions) == set(SHORT) - set(found)
    assert "↻" in strip.more.text(), "what is still to be confirmed is marked"
    wanted: list[str] = []
    strip.wanted.connect(wanted.append)
    actions["Place"].trigger()
    assert wanted == ["session.location"]


def test_what_is_not_set_is_asked_and_a_long_name_leaves_room_for_the_batch(bench: Bench) -> None:
    texts = [chip.text() for chip in chips(bench).values()]
    assert "Legal basis?" in texts
    assert "Vaccine and batch?" in texts
    bench.form.fill({"vaccine.product": "tivc"})
    bench.idle()
    assert chips(bench)["Vaccine and batch"].text() == "TIVc, cell-based · batch?"
    # a long name ends in dots before batch and expiry date do
    long = "A vaccine whose name is as long as those of the national dictionary " * 3
    bench.form.form.set_options("products", [Option("own-1", long)])
    bench.form.fill({**complete_answers(), "vaccine.product": "own-1"})
    bench.idle()
    chip = chips(bench)["Vaccine and batch"]
    assert chip.text().endswith(" · AB-1234 · 30 Jun 2027")
    assert chip._words.tail == " · AB-1234 · 30 Jun 2027"  # drawn whole, whatever becomes of the name
    assert chip.width() <= bench.window.strip.width() - 48
    assert "expires" not in chip.text()
    assert long.strip() in chip.accessibleName()
