"""Count how much of a medicine its directions use in a day, if they say so plainly.

Only a fixed amount at a fixed frequency is read. Ranges, "when required" and anything else are told as not readable:
the number of days is then the pharmacist's to count.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

_NUMBERS = {
    "half a": "0.5", "half": "0.5", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "twelve": "12",
}  # fmt: skip
_LATIN = {
    "od": 1,
    "om": 1,
    "on": 1,
    "mane": 1,
    "nocte": 1,
    "bd": 2,
    "bid": 2,
    "tds": 3,
    "tid": 3,
    "qds": 4,
    "qid": 4,
}
_TIMES = {"once": 1, "twice": 2, "thrice": 3}
_MOMENTS = (
    "in the morning", "each morning", "every morning", "at night", "each night", "every night", "at bedtime",
    "in the evening", "each evening", "every evening", "at noon", "at lunchtime", "at midday", "in the afternoon",
    "with breakfast", "with lunch", "with dinner", "at teatime",
)  # fmt: skip
_NOT_FIXED = re.compile(
    r"\b(when|if|as) (required|needed|necessary|advised|directed|before)|\bprn\b|\bas previously\b|\bas per\b"
    r"|\bup to\b|\bmax(imum)?\b|\b(or|to) (one|two|three|four|five|six|[0-9])\b|[0-9]\s*[-\u2013]\s*[0-9]"
    r"|\balternate\b|\breduc|\bincreas|\bthen\b|\bon the first\b|\bimmediately\b"
)
_UNITS = {
    "tab": "tablet", "tabs": "tablet", "tablets": "tablet", "cap": "capsule", "caps": "capsule",
    "capsules": "capsule", "millilitre": "ml", "millilitres": "ml", "mls": "ml", "puffs": "dose", "puff": "dose",
    "sprays": "dose", "spray": "dose", "doses": "dose", "patches": "patch", "sachets": "sachet",
    "suppositories": "suppository", "pessaries": "pessary", "needles": "needle", "drops": "drop", "units": "unit",
    "grams": "g", "gram": "g", "cartridges": "cartridge", "ampoules": "ampoule", "vials": "vial",
    "lozenges": "lozenge", "5ml spoonfuls": "spoonful", "spoonful": "spoonful", "spoonfuls": "spoonful",
}  # fmt: skip
_KNOWN_UNITS = frozenset(_UNITS.values())
_COUNTED = ("tablet", "capsule", "patch", "sachet", "suppository", "pessary", "lozenge", "ampoule", "needle")
_MASSES = frozenset({
    "mg", "mgs", "milligram", "milligrams", "milligramme", "milligrammes", "microgram", "micrograms", "mcg", "nanogram",
    "nanograms",
})  # fmt: skip
_NO_AMOUNTS = _MASSES | {"hours", "hour", "days", "day", "weeks", "week", "times", "time"}
"""Words after a number that is no amount to be counted: a strength, or how often."""
_PLAIN_WORDS = frozenset({
    "a", "after", "and", "at", "before", "by", "daily", "during", "each", "every", "for", "from", "in", "into", "of",
    "on", "once", "orally", "per", "to", "twice", "under", "until", "via", "with",
})  # fmt: skip
"""Words after a number that say nothing of its unit. Any other, such as mmol, makes directions unreadable."""
_AMOUNT = re.compile(r"(?<![\w.])([0-9]+(?:\.[0-9]+)?)\s*([a-z]+)?")
SPOONFUL = Decimal(5)  # mL


@dataclass(frozen=True, slots=True, repr=False)
class Use:
    """The daily use by directions: ``amount`` of ``unit`` ("" where the directions name none)."""

    amount: Decimal
    unit: str


def unit_word(unit: str) -> str:
    """Return a unit in its one shape: singular, small letters."""
    word = " ".join(unit.casefold().split())
    return _UNITS.get(word, word)


def use_per_day(directions: str) -> Use | None:
    """Return what these directions use in a day, or None where they do not say it plainly."""
    text = _plain(directions)
    if not text or _NOT_FIXED.search(text):
        return None
    times, rest = _times_a_day(text)
    if times is None:
        return None
    amounts = [
        (Decimal(number), unit_word(word or ""))
        for number, word in _AMOUNT.findall(rest)
        if word not in _NO_AMOUNTS
    ]
    if len(amounts) != 1:
        return None
    amount, word = amounts[0]
    if word and word not in _PLAIN_WORDS and word not in _KNOWN_UNITS:
        return None
    if word == "spoonful":
        return Use(amount * SPOONFUL * times, "ml")
    return Use(amount * times, word if word in _KNOWN_UNITS else "")


def days_of(quantity: Decimal, unit: str, directions: str) -> Decimal | None:
    """Return how many days a quantity lasts by its directions (61 at 2 a day: 30.5), or None where it cannot be computed."""
    use = use_per_day(directions)
    if use is None or use.amount <= 0 or quantity <= 0:
        return None
    counted = unit_word(unit)
    if use.unit != counted and not (use.unit == "" and counted in _COUNTED):
        return None
    return quantity / use.amount


def shown_days(days: Decimal) -> str:
    """Return a number of days as people read it: ``30.5``, at most one digit after the point, rounded down."""
    cut = days.quantize(Decimal("0.1"), ROUND_DOWN)
    return str(int(cut)) if cut == int(cut) else str(cut)


def _plain(directions: str) -> str:
    text = " ".join(re.sub(r"[,;()\u2019']", " ", directions.casefold()).split()).rstrip(".")
    text = text.replace("5ml spoonfuls", "spoonfuls").replace("5 ml spoonfuls", "spoonfuls")
    text = text.replace("5ml spoonful", "spoonful").replace("5 ml spoonful", "spoonful")
    text = text.replace("half a", "0.5")
    for word, number in _NUMBERS.items():
        text = re.sub(rf"\b{word}\b", number, text)
    return text


def _times_a_day(text: str) -> tuple[Decimal | None, str]:
    """Return how often a day, and the text without the words that said so."""
    found: list[tuple[Decimal, str]] = []
    if hit := re.search(r"\bevery ([0-9]+) hours\b", text):
        hours = int(hit[1])
        if not hours or 24 % hours:
            return None, text
        found.append((Decimal(24 // hours), hit[0]))
    if (
        hit := re.search(
            r"\b([0-9]+|once|twice|thrice)( times?)? (a|per|each|every|in a) (day|24 hours)\b", text
        )
    ) or (hit := re.search(r"\b([0-9]+|once|twice|thrice)( times?)? daily\b", text)):
        found.append((Decimal(_TIMES.get(hit[1]) or int(hit[1])), hit[0]))
    elif hit := re.search(r"\b(once|twice|thrice|[0-9]+ times?) (a|per|each|every) week\b|\bweekly\b", text):
        return None, text  # not every day: count it by hand
    elif hit := re.search(r"\bdaily\b|\b(each|every|a|per) day\b", text):
        found.append((Decimal(1), hit[0]))
    latin = [word for word in text.split() if word in _LATIN and word != "on"]
    found += [(Decimal(_LATIN[word]), word) for word in latin]
    moments = [moment for moment in _MOMENTS if moment in text]
    if len(found) == 1:
        times, said = found[0]
        # "once daily at night" names one moment for one time; more moments than times contradict
        return (times if len(moments) <= times else None), _without(text, [said, *moments])
    if not found and moments:
        return Decimal(len(moments)), _without(text, [*moments, " and "])
    return None, text


def _without(text: str, parts: list[str]) -> str:
    for part in parts:
        text = text.replace(part, " ")
    return text
