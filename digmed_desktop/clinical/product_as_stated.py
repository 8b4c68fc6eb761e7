"""Warnings about a product as a record states it: its manufacturer, and a code that no list here has for its name."""

import re
from collections.abc import Iterator

from digmed_desktop.clinical import known_terms
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.questions.writer import same
from digmed_desktop.clinical.record import Immunization

_QUESTION = "vaccine.product"
_OTHER_MAKER = (
    "Check the manufacturer: the list of vaccines, or the name of the product, gives a different one."
)
_OTHER_CODE = "Check the code of the product: the list of vaccines does not have it for this name."
_WORD = re.compile(r"[^\W\d_]{2,}")
_IN_NAME = re.compile(r"\(([^()]+)\)\s*$")
"""The supplier, which dm+d writes in brackets at the end of a product's name."""
_SUPPLIER = re.compile(r"\b(ltd|limited|plc|inc|gmbh|uk|pharma\w*)\b", re.IGNORECASE)
_LEGAL_FORMS = frozenset({"ltd", "limited", "plc", "inc", "gmbh", "uk", "the"})


def warnings(vaccine: Immunization, programme: Programme) -> Iterator[Problem]:
    """Yield what is doubtful in how a record states the product of a vaccine."""
    product = vaccine.product
    if product is None:
        return
    makers = [one.manufacturer for one in programme.products.values() if same(one.coded, product)]
    in_name = _IN_NAME.search(product.display)
    if in_name and _SUPPLIER.search(in_name[1]):
        makers.append(in_name[1])
    makers = [one for one in makers if one]
    if (
        vaccine.manufacturer.strip()
        and makers
        and not any(_alike(vaccine.manufacturer, one) for one in makers)
    ):
        yield Problem(_QUESTION, _OTHER_MAKER, Severity.LOOK, needs_reason=True)
    if known_terms.has_an_unknown_code(product):
        yield Problem(_QUESTION, _OTHER_CODE, Severity.LOOK, needs_reason=True)


def _alike(one: str, other: str) -> bool:
    """Whether two names of manufacturers have a word in common that is no legal form."""
    words, others = (frozenset(_WORD.findall(name.lower())) - _LEGAL_FORMS for name in (one, other))
    return bool(words & others) or not words
