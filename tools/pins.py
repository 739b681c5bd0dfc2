"""Pin every package, also those that packages need, by version and hash, for Python 3.11 to 3.13.

requirements.txt holds what the program needs, requirements-dev.txt what only tests and tools need
on top of it. Without an argument, pins that still fit pyproject.toml stay; --upgrade renews all,
--upgrade-package NAME renews one. Called by `make update`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "requirements.txt"
DEV = ROOT / "requirements-dev.txt"
INCLUDED = "-r requirements.txt"


def main(options: list[str]) -> int:
    """Write both files; `options` go to `uv pip compile`."""
    with tempfile.TemporaryDirectory() as folder:
        everything = Path(folder) / "everything.txt"
        known = [*pins(APP), *(pin for pin in pins(DEV) if pin != INCLUDED)]
        everything.write_text("\n".join(known) + "\n", encoding="utf-8")
        # Both files must agree, so all is resolved together first, and the app's part within that.
        compile_pins(everything, "--extra", "dev", *options)
        app = Path(folder) / "app.txt"
        compile_pins(app, "--constraint", str(everything))
        APP.write_text(app.read_text(encoding="utf-8"), encoding="utf-8")
        only_dev = [pin for pin in pins(everything) if pin not in pins(app)]
        DEV.write_text("\n".join([INCLUDED, *only_dev]) + "\n", encoding="utf-8")
    print(f"{APP.name}: {len(pins(APP))} pins, {DEV.name}: {len(pins(DEV)) - 1} more")
    return 0


def compile_pins(target: Path, *options: str) -> None:
    """Resolve pyproject.toml into `target`; what is pinned there already is preferred."""
    uv = Path(sys.executable).with_name("uv.exe" if sys.platform == "win32" else "uv")
    subprocess.run(
        [
            uv, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11",
            "--no-annotate", "--no-header", "--generate-hashes", "--output-file", target, *options,
            ROOT / "pyproject.toml",
        ],
        check=True,
        cwd=ROOT,
    )  # fmt: skip


def pins(path: Path) -> list[str]:
    """Return the pins of a file, each with its lines of hashes; none without a file."""
    found: list[str] = []
    continues = False
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        if continues:
            found[-1] += f"\n{line}"
        elif line.strip():
            found.append(line)
        continues = line.endswith("\\")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
