"""The command line, run as a user would or within this process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from genrefit.cli import main


def run_process(home: Path, *arguments: str) -> tuple[int, str, str]:
    """Run a verb in a process of its own, as a user would; return (code, out, err)."""
    command = [sys.executable, "-m", "genrefit", "--home", str(home), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


def run_command(home: Path, capsys, *arguments: str) -> tuple[int, str, str]:
    """Run a verb in this process, which is quicker; return (code, out, err)."""
    before = os.environ.get("GENREFIT_HOME")
    try:
        code = main.main(["--home", str(home), *arguments])
    finally:
        if before is None:
            os.environ.pop("GENREFIT_HOME", None)
        else:
            os.environ["GENREFIT_HOME"] = before
    out, err = capsys.readouterr()
    return code, out, err
