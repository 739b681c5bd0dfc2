"""What a home holds after a test."""

from __future__ import annotations

from pathlib import Path

from genrefit.config import Home


def left_behind(home: Home) -> list[Path]:
    """Return what lies in a home's folder for temporary files."""
    return list(home.work.iterdir()) if home.work.exists() else []
