"""A binding of a question to an attribute of the record, and the set of bindings of one form.

A path names an attribute from the record inwards: ``patient.name.given``. ``immunizations`` and ``items`` hold several of
the same kind; a path through them is that of each.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from types import UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from digmed_desktop.clinical.form import PLACE, Form, load

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """Convert an answer to a value of the record and back.

    ``read`` takes the answers (an AnswerSheet) and the question, notes what is wrong and returns the value. ``write``
    takes the answers to be (an AnswerWriter), the question and the value; what no answer can say it leaves out.
    """

    read: Callable[[Any, str], T]
    write: Callable[[Any, str, T], None]


@dataclass(frozen=True, slots=True)
class Binding:
    """One question and the attribute that its answer becomes.

    ``besides`` are further questions that hold a part of the same attribute or decide whether it is asked; ``name`` is
    what the attribute is called where its question is one of many.
    """

    question: str
    path: str
    codec: Codec[Any]
    besides: tuple[str, ...] = ()
    name: str = ""

    @property
    def repeats(self) -> bool:
        """Whether the question is asked for each of several things."""
        return PLACE in self.question

    def at(self, place: int) -> str:
        """Return the question about the ``place``-th thing, from 1."""
        return self.question.replace(PLACE, str(place))


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The bindings of one form, in its order.

    ``unasked``: every attribute of the record for which the form has no question, with its name in words.
    ``synonyms``: names under which both records are spoken of, such as ``clinician``, each with the path here.
    """

    form_id: str
    record: type
    bindings: tuple[Binding, ...]
    unasked: Mapping[str, str]
    synonyms: Mapping[str, str] = field(default_factory=dict)
    _by_path: dict[str, Binding] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_path.update((one.path, one) for one in reversed(self.bindings))

    @property
    def form(self) -> Form:
        """The form."""
        return load(self.form_id)

    def binding(self, path: str) -> Binding | None:
        """Return the binding of a path, else of the nearest attribute around it, else of the first within it."""
        wanted = self._own_path(path)
        around = wanted
        while around:
            if around in self._by_path:
                return self._by_path[around]
            if around in self.unasked:
                return None
            around = around.rpartition(".")[0]
        return next((one for one in self.bindings if one.path.startswith(f"{wanted}.")), None)

    def question(self, path: str, place: int = 1) -> str:
        """Return the id of the question behind an attribute, ``""`` if the form has none."""
        found = self.binding(path)
        return found.at(place) if found else ""

    def attribute(self, question: str) -> tuple[str, int]:
        """Return the path of the attribute behind a question, and which of several things it is about, from 0.

        A question of no attribute is its own path.
        """
        parts = question.split(".")
        numbers = [int(part) for part in parts if part.isdigit()]
        anywhere = ".".join(PLACE if part.isdigit() else part for part in parts)
        found = (one.path for one in self.bindings if anywhere in (one.question, *one.besides))
        return next(found, question), max(0, numbers[0] - 1) if numbers else 0

    def _own_path(self, path: str) -> str:
        first, dot, rest = path.partition(".")
        return f"{self.synonyms.get(first, first)}{dot}{rest}"

    def values(self, sheet: Any) -> dict[str, Any]:
        """Return what the answers to all questions asked once say, by path."""
        return {one.path: one.codec.read(sheet, one.question) for one in self.bindings if not one.repeats}

    def values_at(self, sheet: Any, place: int) -> dict[str, Any]:
        """Return what the answers about the ``place``-th of several things say, by the path within it."""
        return {
            one.path.partition(".")[2]: one.codec.read(sheet, one.at(place))
            for one in self.bindings
            if one.repeats
        }

    def attributes(self) -> tuple[str, ...]:
        """Return the path of every attribute: those bound, those not asked, and what neither names."""
        named = {one.path for one in self.bindings} | self.unasked.keys()
        return tuple(dict.fromkeys(_leaves(self.record, "", named)))


def _leaves(kind: type, path: str, named: set[str]) -> Iterator[str]:
    for one in fields(kind):
        here = f"{path}.{one.name}" if path else one.name
        inner = inner_kind(kind, one.name)
        if here in named or inner is None:
            yield here
        else:
            yield from _leaves(inner, here, named)


# resolved once: every keystroke reads a form
_hints: dict[type, dict[str, Any]] = {}
_inner: dict[tuple[type, str], type | None] = {}


def hints(kind: type) -> dict[str, Any]:
    """Return the type of each attribute of a dataclass."""
    if kind not in _hints:
        _hints[kind] = get_type_hints(kind)
    return _hints[kind]


def inner_kind(kind: type, name: str) -> type | None:
    """Return the dataclass that an attribute holds one or several of, None if it holds something else."""
    if (kind, name) not in _inner:
        hint = hints(kind)[name]
        if get_origin(hint) in (Union, UnionType, tuple):
            hint = get_args(hint)[0]
        _inner[kind, name] = hint if isinstance(hint, type) and is_dataclass(hint) else None
    return _inner[kind, name]


def value_at(record: Any, path: str, place: int = 0) -> Any:
    """Return an attribute of a record; of the ``place``-th, from 0, where there are several.

    What a missing part would hold is its default.
    """
    *way, last = path.split(".")
    here = record
    for name in way:
        inner, kind = getattr(here, name), inner_kind(type(here), name)
        if isinstance(inner, tuple):
            inner = inner[place] if place < len(inner) else None
        here = kind() if inner is None and kind else inner
    return getattr(here, last)


def assemble(kind: type[T], values: Mapping[str, Any]) -> T:
    """Return a dataclass of values by path; one without a value keeps its default."""
    own = {path: value for path, value in values.items() if "." not in path}
    within: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        name, dot, rest = path.partition(".")
        if dot:
            within.setdefault(name, {})[rest] = value
    for name, inner in within.items():
        holds = inner_kind(kind, name)
        if holds is None:
            raise TypeError(f"{kind.__name__}.{name} has no attributes of its own")
        made: Any = assemble(holds, inner)
        own[name] = (made,) if get_origin(hints(kind)[name]) is tuple else made
    return kind(**own)
