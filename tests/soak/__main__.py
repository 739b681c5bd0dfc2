"""Soak: kills, mutated files, fuzzed texts, many failing songs, many sessions; `make soak`.

    python -m tests.soak [--short] [--seed N] [--only PART ...]

Prints a table of what ran and what failed; the exit code is 1 where anything did.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.soak import crowds, fuzzing, kills, mutations

PARTS = {
    "kills": kills.run,
    "mutated files": mutations.run,
    "fuzzed texts": fuzzing.run,
    "failing songs": crowds.failing_songs,
    "sessions": crowds.sessions,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.soak")
    parser.add_argument("--short", action="store_true", help="about a minute, for CI")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", choices=list(PARTS))
    options = parser.parse_args()
    failed: list[str] = []
    print(f"{'part':<34}{'ran':>8}{'failed':>8}{'seconds':>9}", flush=True)
    for part, run in PARTS.items():
        if options.only and part not in options.only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            started = time.monotonic()
            for name, ran, failures in run(Path(folder), short=options.short, seed=options.seed):
                spent = time.monotonic() - started
                print(
                    f"{f'{part}: {name}':<34}{ran:>8,}{len(failures):>8,}{spent:>9.0f}", flush=True
                )
                failed += [f"{part}: {name}: {failure}" for failure in failures]
                started = time.monotonic()
    for failure in failed[:50]:
        print(f"FAILED {failure}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
