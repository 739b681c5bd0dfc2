"""`python -m genrefit` is the command line."""

import sys

from genrefit.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
