"""Changes that cosmic-ray does not make: a statement left out, and a value that is not returned."""

from collections.abc import Iterator
from typing import Any

import parso
from cosmic_ray.operators.operator import Example, Operator
from parso.python.tree import PythonNode, ReturnStmt
from parso.tree import NodeOrLeaf

Position = tuple[tuple[int, int], tuple[int, int]]


def _in_its_place(code: str, like: NodeOrLeaf) -> NodeOrLeaf:
    """Return the node of ``code``, indented as the one that it replaces."""
    new = parso.parse(code).children[0]
    first = new.get_first_leaf()
    before = like.get_first_leaf()
    assert first is not None
    assert before is not None
    first.prefix = before.prefix
    new.parent = like.parent
    return new


class RemoveStatement(Operator):
    """Replace a call or an assignment that stands alone by ``pass``."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        """Yield where a statement can be left out; a docstring does nothing."""
        if isinstance(node, PythonNode) and node.type == "simple_stmt":
            first = node.children[0]
            if first.type == "expr_stmt" or (
                first.type == "atom_expr" and first.get_code().rstrip().endswith(")")
            ):
                yield first.start_pos, first.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Return the line without its statement."""
        assert index == 0
        node.children[0] = _in_its_place("pass", node.children[0])
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return what it makes of a line."""
        return (Example("close()\n", "pass\n"), Example("a = 1\n", "pass\n"))


class ReturnNothing(Operator):
    """Return None in place of a value."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        """Yield where a value is returned."""
        if isinstance(node, ReturnStmt) and node.children[1].get_code().strip() != "None":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Return the statement with None."""
        assert index == 0
        value = _in_its_place("None", node.children[1])
        leaf = value.get_first_leaf()
        assert leaf is not None
        leaf.prefix = " "
        node.children[1] = value
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return what it makes of a statement."""
        return (Example("def f():\n    return g(1)\n", "def f():\n    return None\n"),)
