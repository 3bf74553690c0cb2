"""The syntax tree of a snippet, parsed and walked once for all that ask something of it. Nobody changes it."""

import ast
from functools import lru_cache
from typing import TypeGuard

LATELY = 16  # the snippets of the page that is being read; of others nobody asks


@lru_cache(maxsize=LATELY)
def tree_of(code: str) -> ast.Module:
    """The tree of some code.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: the code is no Python.
    """
    return ast.parse(code)


@lru_cache(maxsize=LATELY)
def nodes_of(code: str) -> tuple[ast.AST, ...]:
    """Every node of that tree, from the outermost inwards; raises as `tree_of` does."""
    return tuple(ast.walk(tree_of(code)))


def calls(node: ast.AST, name: str) -> TypeGuard[ast.Call]:
    """Whether a node is the call of a function of this name."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
