"""An exception described by its types and places only: what its message says may hold what someone typed."""

import re
import traceback
from collections.abc import Iterator
from pathlib import PurePath

_FRAMES = 30  # of each exception, the last ones


def described(error: BaseException) -> list[str]:
    """Return the lines that describe an exception and what led to it, the first cause first."""
    return list(_chain(error, set(), ""))


def short_place(filename: str) -> str:
    """Return a source file's path without the folders of this computer: ``digmed_desktop/cli.py``."""
    parts = PurePath(re.sub(r"\\", "/", filename)).parts
    for anchor in ("digmed_desktop", "site-packages", "dist-packages"):
        if anchor in parts:
            at = len(parts) - 1 - parts[::-1].index(anchor)
            return "/".join(parts[at if anchor == "digmed_desktop" else at + 1 :])
    return "/".join(parts[-2:])


def _chain(error: BaseException, seen: set[int], indent: str) -> Iterator[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from _chain(before, seen, indent)
        yield f"{indent}  led to"
    yield f"{indent}{type(error).__module__}.{type(error).__qualname__}"
    for frame in traceback.extract_tb(error.__traceback__)[-_FRAMES:]:
        yield f"{indent}  {short_place(frame.filename)}:{frame.lineno} in {frame.name}"
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            if id(one) not in seen:
                yield from _chain(one, seen, indent + "    ")
