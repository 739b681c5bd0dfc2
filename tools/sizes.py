"""Check that modules and functions stay short enough to read; called by `make check`.

A module has at most 250 lines, a function at most 45, from its `def` to its last line, docstring
included. What has a good reason to be longer stands in EXCEPTIONS, with that reason.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHECKED = ("genrefit", "pages", "tools", "app.py")
MODULE_LINES = 250
FUNCTION_LINES = 45

EXCEPTIONS: Mapping[str, str] = {}
"""Name of a module ("genrefit/x.py") or function ("genrefit/x.py:Class.name"), and the reason."""


def main() -> int:
    """Print what is too long, longest first; return 1 if there is anything."""
    too_long = {
        name: (lines, limit)
        for path in checked_files()
        for name, lines, limit in measured(path)
        if lines > limit
    }
    offenders = [name for name in too_long if name not in EXCEPTIONS]
    for name in sorted(offenders, key=lambda name: -too_long[name][0]):
        lines, limit = too_long[name]
        print(f"{name}: {lines} lines, at most {limit}")
    needless = [name for name in EXCEPTIONS if name not in too_long]
    for name in needless:
        print(f"{name}: is short enough, take it out of EXCEPTIONS in tools/sizes.py")
    return 1 if offenders or needless else 0


def checked_files() -> Iterator[Path]:
    """Yield every Python file that is checked."""
    for name in CHECKED:
        path = ROOT / name
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def measured(path: Path) -> Iterator[tuple[str, int, int]]:
    """Yield (name, lines, most lines) of a module and of each of its functions and methods."""
    text = path.read_text(encoding="utf-8")
    module = path.relative_to(ROOT).as_posix()
    yield module, len(text.splitlines()), MODULE_LINES
    for name, node in functions(ast.parse(text), ""):
        yield f"{module}:{name}", (node.end_lineno or node.lineno) - node.lineno + 1, FUNCTION_LINES


def functions(
    tree: ast.AST, prefix: str
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield (dotted name, node) of every function under `tree`, those inside functions too."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{node.name}", node
        inside = f"{prefix}{node.name}." if hasattr(node, "name") else prefix
        yield from functions(node, inside)


if __name__ == "__main__":
    sys.exit(main())
