"""Wait as long as somebody reads a list, by the list's own clock: a busy computer shows it late."""

import time

from digmed_desktop.ui.widgets.search_box import READ_MS, SearchBox
from tests.ui.conftest import Bench

NOT_READ_MS = 60_000


def until_read(bench: Bench, box: SearchBox) -> None:
    """Wait until what was found for the whole text has been in view long enough for Enter to choose."""
    bench.until(lambda: bool(box._hits) and (time.monotonic() - box._shown_at) * 1000 > READ_MS)
