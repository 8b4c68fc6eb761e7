"""What a debugger, a log or a traceback prints of an object is its ``repr``: nothing of a patient, nothing secret."""

import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Iterator

import pydantic

import digmed_desktop

FREE_TEXT = re.compile(r"\b(str|bytes|date|dict|Mapping|Answers|Any|object)\b")
"""Types that can hold what somebody typed, received or keeps secret; a moment, a number or a member cannot."""
OWN_DATA = re.compile(
    r"digmed_desktop\.("
    r"data_files\..*"  # the program's own files
    r"|clinical\.(controlled_drugs|data_review|warning_rules|earlier_doses|form|law_rule|known_terms|legal_basis|medicine|practices|programme|retention|stock)"
    r"|clinical\.questions\.binding"  # the names of questions
    r"|(fhir\.(edition|structure)|mesh\.reports|messaging\.(reply_words|wording)|reference\.(dmd|ods_file|permissions|roles))"
    r"|demo\.(world|rounds|practice)"  # fictional patients only
    r"|settings\..*|desk\.files\.(brought_data|exporting)|history\.sealing|outbox\.policy"
    r"|ui\.(frame|strip|theme|forms\.layout|pages\.registry|pages\.settings\.sections|pages\.today_pictures)"
    r")"
)
"""Modules whose objects hold what the program itself says or what an administrator sets."""
MARK = "Zyxwvunknown"


def modules() -> Iterator[str]:
    for module in pkgutil.walk_packages(digmed_desktop.__path__, "digmed_desktop."):
        if not module.name.endswith("__main__"):
            yield module.name


def classes() -> Iterator[type]:
    for name in modules():
        for found in vars(importlib.import_module(name)).values():
            if isinstance(found, type) and found.__module__ == name:
                yield found


def shown(kind: type) -> list[str]:
    """Return the fields that a repr shows of an object all of whose free texts are the mark."""
    made = kind.__new__(kind, MARK + "args") if issubclass(kind, Exception) else kind.__new__(kind)
    told = []
    for field in dataclasses.fields(kind):
        value = MARK + field.name if FREE_TEXT.search(str(field.type)) else 0
        object.__setattr__(made, field.name, value)
    printed = repr(made)
    for field in dataclasses.fields(kind):
        if MARK + field.name in printed:
            told.append(field.name)
    return [*told, "args"] if MARK + "args" in printed else told


def test_the_repr_of_what_may_hold_a_patient_or_a_secret_says_nothing() -> None:
    """Write ``@dataclass(..., repr=False)``; a module that can hold neither is named in OWN_DATA."""
    kinds = [one for one in classes() if dataclasses.is_dataclass(one)]
    assert len(kinds) > 200
    assert {
        f"{kind.__module__}.{kind.__qualname__}": told
        for kind in kinds
        if not OWN_DATA.fullmatch(kind.__module__) and (told := shown(kind))
    } == {}


def test_a_model_of_pydantic_reads_the_programs_own_files_only() -> None:
    """Its repr and its errors show what it holds."""
    models = {one.__module__ for one in classes() if issubclass(one, pydantic.BaseModel)}
    assert len(models) > 5
    assert [
        one
        for one in models
        if not re.search(r"_file|_files$|programme_rows|data_files|data_types|\.model$|pages\.|policy", one)
    ] == []
