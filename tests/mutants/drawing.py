"""Draw mutants: small changes of the code, each at a place of its own, the same for the same seed."""

import ast
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator, operator_names

from tests.mutants.operators import RemoveStatement, ReturnNothing

_NEEDS_ARGUMENTS = {"core/VariableReplacer", "core/VariableInserter"}
OPERATORS: dict[str, Operator] = {
    **{name: get_operator(name)() for name in sorted(operator_names()) if name not in _NEEDS_ARGUMENTS},
    "RemoveStatement": RemoveStatement(),
    "ReturnNothing": ReturnNothing(),
}


@dataclass(frozen=True)
class Mutant:
    """One change: an operator, which of the places in a module it takes, and the lines that it touches."""

    module: str
    operator: str
    occurrence: int
    lines: tuple[int, ...]
    column: int

    @property
    def name(self) -> str:
        """The name under which its result is stored."""
        return f"{self.module}:{self.lines[0]}:{self.column} {self.operator}#{self.occurrence}"

    def code(self, source: str) -> str:
        """Return the module with the change made."""
        changed = mutate_code(source, OPERATORS[self.operator], self.occurrence)
        if changed is None:
            raise ValueError(f"{self.name} changes nothing")
        return str(changed)


def draw(root: Path, modules: Sequence[str], count: int, seed: int) -> list[Mutant]:
    """Return ``count`` mutants, as many of each module as of the next as far as it has places for them."""
    chance = random.Random(seed)
    sources = {module: (root / module).read_text(encoding="utf-8") for module in modules}
    left = {module: list(_places(module, source)) for module, source in sources.items()}
    for places in left.values():
        chance.shuffle(places)
    drawn: list[Mutant] = []
    while len(drawn) < count and any(left.values()):
        for module in modules:
            if left[module] and len(drawn) < count:
                mutant = chance.choice(left[module].pop())
                if _compiles(mutant.code(sources[module])):
                    drawn.append(mutant)
    return drawn


def _compiles(code: str) -> bool:
    try:
        compile(code, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def _places(module: str, source: str) -> Iterator[list[Mutant]]:
    """Yield the mutants of each place: the many that replace one sign are one place."""
    not_run = _never_run(source)
    places: dict[tuple[int, int], list[Mutant]] = {}
    nodes = list(ast_nodes(get_ast(source)))
    for name, operator in OPERATORS.items():
        occurrence = 0
        for node in nodes:
            for (line, column), (last, _) in operator.mutation_positions(node):
                if line not in not_run:
                    mutant = Mutant(module, name, occurrence, tuple(range(line, last + 1)), column)
                    places.setdefault((line, column), []).append(mutant)
                occurrence += 1
    yield from places.values()


def _never_run(source: str) -> set[int]:
    """Return lines whose change no test can notice: annotations and what only a type checker reads."""
    lines: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        read: list[ast.AST | None] = []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            read = [node.returns, *(one.annotation for one in arguments)]
        elif isinstance(node, ast.AnnAssign):
            read = [node.annotation] if node.value is not None else [node]
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            read = [node]
        for one in read:
            if isinstance(one, ast.expr | ast.stmt):
                lines.update(range(one.lineno, (one.end_lineno or one.lineno) + 1))
    return lines
