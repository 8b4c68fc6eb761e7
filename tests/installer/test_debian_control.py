"""The description of the Debian package: one short line, then a text whose lines begin with a space."""

from installer.making import places

SYNOPSIS = 80


def test_the_description_has_a_short_line_of_its_own() -> None:
    text = (places.ROOT / "installer" / "linux" / "control.in").read_text(encoding="utf-8")
    _head, _, told = text.partition("\nDescription: ")
    first, *more = told.splitlines()
    assert len(first) <= SYNOPSIS
    assert more
    assert all(line.startswith(" ") and len(line) <= SYNOPSIS + 5 for line in more)
