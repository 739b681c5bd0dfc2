"""What stood behind an error that nobody foresaw: the disk, or a damaged library."""

from __future__ import annotations

import sqlite3

from genrefit.config import Home
from genrefit.errors import GenrefitError
from genrefit.storage import describe_os_error


def explain(error: BaseException, home: Home) -> str | None:
    """Return in a sentence what is wrong outside of genrefit, None where it is a bug in it.

    The disk says so itself. Rows of a library may be damaged in ways that SQLite does not notice:
    whatever came of reading them, the library is looked through then.
    """
    if isinstance(error, OSError):
        return describe_os_error(error)
    return library_damage(home)


def library_damage(home: Home) -> str | None:
    """Return the first thing that is wrong with a home's library in a sentence, None if nothing."""
    from genrefit.library import consistency, open_library

    if not home.library.exists():
        return None
    try:
        with open_library(home, create=False) as library:
            wrong = [finding for finding in consistency.check(library) if finding.wrong]
    except GenrefitError as error:
        return str(error)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, sqlite3.Error) as error:
        return _sentence(home, f"{type(error).__name__}: {error}")
    return _sentence(home, wrong[0].sentence) if wrong else None


def _sentence(home: Home, what: str) -> str:
    return (
        f"{home.library} is damaged ({what.rstrip('.')}): put a backup in its place (genrefit "
        "restore FILE), or see genrefit library --check"
    )
