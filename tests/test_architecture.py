"""What import-linter cannot see: which imports are heavy, and who may use librosa."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from genrefit.config import CHECKOUT

PACKAGE = Path(__file__).resolve().parent.parent / "genrefit"


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def top_level_packages(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {a.name.split(".")[0] for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_librosa_is_the_tests_oracle_only(path):
    assert "librosa" not in top_level_packages(path)


def test_the_command_line_starts_without_heavy_imports():
    heavy = (
        "sklearn",
        "plotly",
        "yt_dlp",
        "onnxruntime",
        "av",
        "pandas",
        "streamlit",
        "scipy",
        "numpy",
    )
    code = (
        "import sys\nfrom genrefit.cli import main\nmain.parser()\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_only_storage_erases():
    """`storage.erase` checks that what it erases lies where it should."""
    for path in sorted((CHECKOUT / "genrefit").rglob("*.py")):
        if path.name == "storage.py":
            continue
        text = path.read_text(encoding="utf-8")
        for call in ("rmtree(", ".unlink(", "os.remove(", "os.unlink(", ".rmdir(", "removedirs("):
            assert call not in text, f"{path} calls {call}"
