"""Look up the pinned packages' known weaknesses with pip-audit; called by `make audit`.

Its data comes from the network. Where that cannot be had, one line says so and nothing fails.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 120
NO_DATA = ("connection", "resolve", "timed out", "max retries", "service", "unreachable", "proxy")


def main() -> int:
    """Return 1 where a package of the program has a known weakness."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", ROOT / "requirements.txt"]
    command += ["--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=SECONDS, check=False, cwd=ROOT
        )
    except subprocess.TimeoutExpired:
        print("audit: skipped, the data on known weaknesses did not come in time")
        return 0
    last = (run.stderr.strip().splitlines() or [""])[-1]
    lines = run.stdout.strip().splitlines()
    unknown = [line for line in lines if "could not be audited" in line]
    told = [line for line in lines if line not in unknown]
    no_data = any(word in run.stderr.lower() for word in NO_DATA)
    if (unknown and run.returncode == 0) or (run.returncode and not lines and no_data):
        print(f"audit: skipped, the data on known weaknesses cannot be had here ({last[:160]})")
        return 0
    print("\n".join(told) or last)
    return run.returncode


if __name__ == "__main__":
    sys.exit(main())
