"""Holds the allergies on a form against the product that is supplied: by its name, its ingredient and its group.

The groups (``resources/medicines/allergies.toml``) are general knowledge: a match asks for a reason and never stops.
"""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from digmed_desktop.clinical import controlled_drugs
from digmed_desktop.clinical.confidence import NOT_CONFIRMED
from digmed_desktop.clinical.emergency_supply import SuppliedItem
from digmed_desktop.clinical.phrases import Phrases, nearest, words
from digmed_desktop.clinical.record import Allergies
from digmed_desktop.clinical.supply_finding import Finding
from digmed_desktop.data_files.source import OWN

if TYPE_CHECKING:
    from digmed_desktop.clinical.medicine_files import AllergiesFile

FILE = "medicines/allergies.toml"
_LEAST_LETTERS = 4
"""Letters of a word that can be the name of a medicine; shorter ones are units and the like."""


def judge_allergies(item: SuppliedItem, allergies: Allergies) -> Iterator[Finding]:
    """Yield a question for each allergy that can be one to this product; none says what was typed."""
    if item.product is None:
        return
    product, agents = item.product.display, [one.agent.display for one in allergies.entries]
    if any(_same_name(product, agent) for agent in agents):
        yield Finding(
            "product",
            f"Check the allergies: one of them is to this medicine or its ingredient. {NOT_CONFIRMED}",
            asks=True,
        )
        return
    of_product = set(_medicines().found_in(product))
    of_agents = {group for agent in agents for group in _groups_of(agent)}
    for group in _file().group:
        if group.id in of_product & of_agents:
            sentence = f"Check the allergies: one of them is to {group.said}. {NOT_CONFIRMED}"
            yield Finding("product", sentence, asks=True, source=_file().source)


def _same_name(product: str, agent: str) -> bool:
    """Whether an allergy names the product, a word of its name or its ingredient."""
    beside = set(_file().beside_the_name)
    names = {word for word in words(product) if len(word) >= _LEAST_LETTERS and word.isalpha()} - beside
    told = {word for word in words(agent) if len(word) >= _LEAST_LETTERS and word.isalpha()} - beside
    if names & told:
        return True
    if any(nearest(word, tuple(sorted(names))) for word in told):
        return True
    substances = {row.substance for row in controlled_drugs.named_in(product)}
    return bool(substances & {row.substance for row in controlled_drugs.named_in(agent)})


def _groups_of(agent: str) -> set[str]:
    """Return the groups that an allergy is about, also where a word of it is misspelt."""
    found = {*_allergy_words().found_in(agent), *_medicines().found_in(agent)}
    if not found:
        near = (nearest(word, tuple(_single_words())) for word in words(agent))
        found = {group for word in near if word for group in _single_words()[word]}
    return found


@cache
def _single_words() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group in _file().group:
        for name in (*group.allergy, *group.medicines):
            if len(spelled := words(name)) == 1:
                found[spelled[0]] = (*found.get(spelled[0], ()), group.id)
    return found


@cache
def _medicines() -> "_Groups":
    return _Groups((name, group.id) for group in _file().group for name in group.medicines)


@cache
def _allergy_words() -> "_Groups":
    return _Groups((name, group.id) for group in _file().group for name in group.allergy)


class _Groups:
    """The groups behind each name: one name can stand in several."""

    def __init__(self, rows: Iterator[tuple[str, str]]) -> None:
        self._groups: dict[str, tuple[str, ...]] = {}
        for name, group in rows:
            self._groups[name] = (*self._groups.get(name, ()), group)
        self._phrases = Phrases((name, groups) for name, groups in self._groups.items())

    def found_in(self, text: str) -> tuple[str, ...]:
        """Return the groups of every name that stands in a text."""
        return tuple(dict.fromkeys(group for groups in self._phrases.found_in(text) for group in groups))


@cache
def _file() -> "AllergiesFile":
    from digmed_desktop.clinical.medicine_files import AllergiesFile

    return OWN.read(FILE, AllergiesFile)
