"""GP practices, found by name, town, postcode or ODS code in a list that is handed in."""

import re
import unicodedata
from collections.abc import Iterable

from digmed_desktop.clinical import ods
from digmed_desktop.clinical.record import Organisation


def _plain(text: str) -> str:
    """Small letters without accents and apostrophes, other signs as spaces: how names are compared."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w]+", " ", re.sub(r"['’‘ʼ]", "", letters).casefold()).split())


class PracticeList:
    """Practices that can be searched as one types."""

    def __init__(self, practices: Iterable[Organisation]) -> None:
        self._by_code = {ods.shown(one.ods_code): one for one in practices}
        self._entries = [
            (
                _plain(code),
                _plain(one.address.postcode).replace(" ", ""),
                f" {_plain(one.name)} {_plain(one.address.city)}",
                one,
            )
            for code, one in self._by_code.items()
        ]

    def __len__(self) -> int:
        return len(self._by_code)

    def of_code(self, ods_code: str) -> Organisation | None:
        """Return the practice with an ODS code, or None."""
        return self._by_code.get(ods.shown(ods_code))

    def search(self, typed: str, most: int = 20) -> tuple[Organisation, ...]:
        """Return up to ``most`` practices that fit what was typed, the best first.

        Fitting are: the start of an ODS code or of a postcode, or the starts of words of name and town, in
        any order. A name that itself starts with what was typed comes before others.
        """
        wanted = _plain(typed)
        if not wanted:
            return ()
        joined = wanted.replace(" ", "")
        words = [f" {word}" for word in wanted.split()]
        found: list[tuple[int, str, str, Organisation]] = []
        for code, postcode, name, one in self._entries:
            if code.startswith(joined):
                rank = 0 if code == joined else 1
            elif name.startswith(f" {wanted}"):
                rank = 2
            elif postcode and postcode.startswith(joined):
                rank = 3
            elif all(word in name for word in words):
                rank = 4
            else:
                continue
            found.append((rank, name, code, one))
        found.sort(key=lambda entry: entry[:3])
        return tuple(entry[3] for entry in found[:most])
