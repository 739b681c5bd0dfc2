"""Stamps: what tells one state of a file, a model or the library from the next."""

from __future__ import annotations

from pathlib import Path

from genrefit.config import Home
from genrefit.ui.page_run import Stamp, library_stamp

__all__ = ["Stamp", "file_stamp", "library_stamp", "model_stamp"]


def file_stamp(path: Path) -> Stamp:
    """Return what tells one version of a file or folder from the next; empty where none is."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return (status.st_mtime_ns, status.st_size)


def model_stamp(home: Home, name: str) -> Stamp:
    """Return what tells one version of a saved model from the next."""
    from genrefit.learning import registry

    return (registry.stamp(home, name), file_stamp(home.models / name / "report.json"))
