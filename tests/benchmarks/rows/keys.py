"""From a key pressed to its preview and problems drawn, and how long the key itself holds the window, beside a frame."""

import statistics
from collections.abc import Callable, Iterator
from itertools import cycle

from digmed_desktop.tour.player import pause
from tests.benchmarks.frame import Asked, Benchmark, Row
from tests.benchmarks.window import Pressed, shown_after_key, window
from tests.clinical import examples, supply_examples

FRAME = 16.0
MEDIAN, NEARLY_ALL = 1.0, 2.0
HALF = 2  # one in so many answers is left out of a form that is half filled
WARM = 5
BETWEEN_KEYS_MS = 120  # of a quick typist

CASES: dict[str, tuple[str, str, Callable[[], dict[str, str]], bool]] = {
    "vaccination, half filled": ("vaccinate", "patient.family", examples.complete_answers, True),
    "vaccination, full": ("vaccinate", "patient.city", examples.complete_answers, False),
    "supply, half filled": ("supply", "patient.family", supply_examples.complete_answers, True),
    "supply of two items, full": ("supply", "patient.city", supply_examples.complete_answers, False),
}


def half_of(answers: dict[str, str]) -> dict[str, str]:
    """Return the first half of the answers, in the order of the form."""
    return dict(list(answers.items())[: len(answers) // HALF])


def run(asked: Asked) -> Iterator[Row]:
    """Press keys in each form, as a person types."""
    with window(asked.folder) as shown:
        for name, (place, field, complete, half) in CASES.items():
            form = shown.form(place)
            form.fill(half_of(complete()) if half else complete())
            shown.idle()
            form.focus_field(field)
            signs = cycle("abcdefgh")
            pressed: list[Pressed] = []
            for _ in range(asked.rounds + WARM):
                pause(BETWEEN_KEYS_MS)
                pressed.append(shown_after_key(form, field, next(signs)))
            pressed = pressed[WARM:]
            frames = (FRAME,) * len(pressed)
            whole = tuple(one.whole for one in pressed)
            yield Row(f"key to preview, {name}: median", "a frame", whole, frames, MEDIAN)
            late = statistics.quantiles(whole, n=20)[-1]
            yield Row(f"key to preview, {name}: 95th", "a frame", (late,), (FRAME,), NEARLY_ALL)
            processor = tuple(one.processor for one in pressed)
            told = f"key to preview, {name}: processor"
            yield Row(told, "a frame", processor, frames, MEDIAN, unit="ms of processor, all threads")
            keys = tuple(one.key for one in pressed)
            yield Row(f"window held by a key, {name}", "a frame", keys, frames, MEDIAN)


BENCHMARK = Benchmark("key pressed to preview and problems drawn", 60, run)
