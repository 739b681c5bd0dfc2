"""The house rules on imports: a module stands on modules above it, never beside or below."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "genrefit"

# From the top down; a module may import only from what stands before it.
LAYERS = {
    "base": "__init__ errors config records names",
    "signal": (
        "frames audio scratch filters pitch texture spectral tempo "
        "onnxgraph musicnn bundle wheel logmel ear tags features"
    ),
    "learning": (
        "parallel split evaluate pipelines typicality model fitting reporting course "
        "clauses words fits phrasing query explore colours matrices curves plots"
    ),
    "keeping": (
        "genres addresses playlists faults limits files sites sources "
        "database library exchange registry"
    ),
    "doing": (
        "workplace turns errands collect ledger train score search maps "
        "instruments sheet studio bands compose demo jobs worker"
    ),
    "faces": "intake desk guard api warmup server doctor terminal verbs cli",
}
ORDER = [name for names in LAYERS.values() for name in names.split()]


def modules() -> list[Path]:
    return sorted(PACKAGE.glob("*.py"))


def imported(path: Path) -> set[str]:
    """Return the genrefit modules that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "genrefit":
            found |= {a.name for a in node.names if a.name != "__version__"}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("genrefit."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("genrefit.")}
    return found


def top_level_packages(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {a.name.split(".")[0] for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_every_module_has_its_layer_and_none_is_listed_that_is_gone():
    assert sorted(path.stem for path in modules()) == sorted(ORDER)


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.stem)
def test_a_module_imports_only_from_above(path):
    below = {name for name in imported(path) if ORDER.index(name) >= ORDER.index(path.stem)}
    assert not below, f"{path.stem} imports {sorted(below)}, which stand beside or below it"


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.stem)
def test_only_the_dashboard_knows_streamlit(path):
    if path.stem != "server":
        assert "streamlit" not in top_level_packages(path)


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.stem)
def test_librosa_is_the_tests_oracle_only(path):
    assert "librosa" not in top_level_packages(path)


def test_only_the_sources_talk_to_a_network():
    talkers = {"yt_dlp", "http", "requests", "httpx", "socket", "aiohttp", "uvicorn"}
    found = {path.stem for path in modules() if top_level_packages(path) & talkers}
    assert found == {"server", "sites"}


def test_the_command_line_starts_without_heavy_imports():
    heavy = ("sklearn", "plotly", "yt_dlp", "onnxruntime", "av", "pandas", "streamlit", "scipy")
    code = (
        "import sys\nfrom genrefit import cli\ncli.parser()\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
