"""The library: one SQLite file of songs, their genres, feature arrays, failures and jobs."""

from genrefit.library.library import Library, open_library, opened, use_library

__all__ = ["Library", "open_library", "opened", "use_library"]
