"""`python -m genrefit.features.weights`: fetch the ears if they are missing, for `make ear`."""

from __future__ import annotations

import sys

from genrefit import config
from genrefit.errors import EarError
from genrefit.features.weights.fetch import ear_folder
from genrefit.features.weights.second_ear import fetch_ears


def main() -> None:
    """Fetch both ears if they are missing; where that fails, print one warning and end well."""
    home = config.home()
    try:
        lacking = fetch_ears(
            home, on_progress=lambda progress: print(progress.note, file=sys.stderr)
        )
    except EarError as error:
        print(f"warning: no pretrained ear for now: {error}. All else works.", file=sys.stderr)
    else:
        print(f"The pretrained ear is ready in {ear_folder(home)}.")
        if lacking:
            print(f"warning: {lacking}.", file=sys.stderr)


if __name__ == "__main__":
    main()
