"""docs/trust.md names tests that are there."""

from __future__ import annotations

import ast
import re

from genrefit.config import CHECKOUT

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_guarantee_names_a_test_that_is_there():
    text = (CHECKOUT / "docs" / "trust.md").read_text(encoding="utf-8")
    named = NAMED.findall(text)
    assert len(named) > 25
    for file, name in named:
        tree = ast.parse((CHECKOUT / file).read_text(encoding="utf-8"))
        assert name in {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}, (file, name)
    rows = [line for line in text.splitlines() if line.startswith("| ") and "proved by" not in line]
    assert [row for row in rows if not NAMED.search(row)] == [], "a guarantee without its test"
