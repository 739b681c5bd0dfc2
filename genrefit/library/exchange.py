"""Segments in and out of the library, as files."""

from __future__ import annotations

from pathlib import Path

from genrefit.config import Home
from genrefit.library.segment_export import FORMATS, export_segments, segment_rows
from genrefit.library.segment_import import Imported, import_file

__all__ = [
    "FORMATS",
    "Imported",
    "export_segments",
    "import_file",
    "import_segments",
    "segment_rows",
]


def import_segments(home: Home, path: Path) -> dict[str, int]:
    """Import a file as `import_file` does; return its counts: songs, segments, known."""
    return import_file(home, path).counts()
