"""Set up .venv with what is pinned; called by make, needs only Python.

`setup.py app` installs requirements.txt, what the program needs; `setup.py dev` installs
requirements-dev.txt, what tests and tools need on top of it.

uv installs in seconds where pip takes minutes, so it is tried first; a machine whose network or
certificates refuse it falls back to pip.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PINS = {"app": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}
READY = {"app": VENV / ".ready", "dev": VENV / ".ready-dev"}
UV = "uv==0.13.9"


def main(what: str) -> int:
    """Make the environment for "app" or "dev"; return the exit code."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        return refuse(
            f"genrefit needs Python 3.11 to 3.13, this is {sys.version.split()[0]}: install one "
            "and run make again (or name it: make app PYTHON=/path/to/python3.13)"
        )
    if not python().exists() or not runs([python(), "-m", "pip", "--version"]):
        print("Making .venv ...", flush=True)
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True)
        if made.returncode:
            minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
            return refuse(
                f"this Python ({sys.executable}) cannot make virtual environments: install its "
                "venv part (on Debian and Ubuntu: apt install python3-venv, or "
                f"python{minor}-venv) and run make again"
            )
    needed = {"app": "genrefit needs", "dev": "its tests and tools need"}[what]
    print(f"Installing what {needed} (once; a minute or so) ...", flush=True)
    if not install(PINS[what]):
        return refuse("installing failed: see the lines above, mend the network and run make again")
    READY[what].write_text("ready\n")
    return 0


def install(pins: Path) -> bool:
    """Install `pins` and genrefit itself by uv, else by pip; return whether that went well."""
    uv = VENV / ("Scripts/uv.exe" if sys.platform == "win32" else "bin/uv")
    pinned = ["-r", pins]
    ours = ["--no-deps", "-e", ROOT]
    if runs([python(), "-m", "pip", "install", "--quiet", UV]):
        # Compiled now, or every first start (and, where Python may write no bytecode, every start
        # of a worker) compiles scikit-learn and scipy anew, for 10 s.
        by_uv = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python()]
        if runs([*by_uv, *pinned], show=True) and runs([*by_uv, *ours], show=True):
            return True
    print("uv is not to be had here; installing by pip (some minutes) ...", flush=True)
    by_pip = [python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return runs([*by_pip, *pinned], show=True) and runs([*by_pip, *ours], show=True)


def python() -> Path:
    """Return the environment's own Python."""
    return VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def runs(command: list[str | Path], *, show: bool = False) -> bool:
    """Run a command and tell whether it went well."""
    return subprocess.run(command, capture_output=not show, cwd=ROOT).returncode == 0


def refuse(sentence: str) -> int:
    """Say why it cannot go on."""
    print(f"genrefit: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
