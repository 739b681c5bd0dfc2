"""`python -m genrefit.features.weights`: fetch the ear if it is missing, for `make ear`."""

from __future__ import annotations

import sys

from genrefit import config
from genrefit.errors import EarError
from genrefit.features.weights.fetch import ear_folder, ear_is_ready, fetch_ear


def main() -> None:
    """Fetch the ear if it is missing; where that fails, print one warning and end well."""
    home = config.home()
    try:
        if not ear_is_ready(home):
            fetch_ear(home, on_progress=lambda progress: print(progress.note, file=sys.stderr))
    except EarError as error:
        print(f"warning: no pretrained ear for now: {error}. All else works.", file=sys.stderr)
    else:
        print(f"The pretrained ear is ready in {ear_folder(home)}.")


if __name__ == "__main__":
    main()
