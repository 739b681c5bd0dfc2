"""The audio of a folder and of all folders below, and what is left out there, by its kind."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from genrefit.formatting import count
from genrefit.legacy_text import repair_texts
from genrefit.regular_files import FILE, kind_of_file
from genrefit.sources import endings


@dataclass(slots=True)
class FolderContents:
    """Paths of audio, each file once; how many files of which kind are left out; and notes."""

    paths: list[Path] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    folders: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    def notes(self) -> list[str]:
        """Return sentences on what is left out: "6 files left out: 2 .cue, 4 pictures"."""
        notes = []
        if total := self.left_out.total():
            kinds = (_counted(n, kind) for kind, n in sorted(self.left_out.items()))
            notes.append(f"{count(total, 'file')} left out: {', '.join(kinds)}")
        if self.folders:
            names = Counter(self.folders)
            shown = ", ".join(f"{n} x {name}" if n > 1 else name for name, n in names.items())
            notes.append(f"{count(len(self.folders), 'folder')} left out: {shown}")
        return notes + self.unreadable


def contents(folder: Path) -> FolderContents:
    """Find the audio in a folder and in all folders below.

    Hidden files and folders, and those that systems keep for themselves, are left out; links are
    followed, though never in circles. What is no regular file is never opened.
    """
    found = FolderContents()
    paths: dict[str, Path] = {}
    seen: set[str] = set()

    def note_unreadable(error: OSError) -> None:
        found.unreadable.append(f"{shown(error.filename)} cannot be read ({error.strerror})")

    for root, inner, names in os.walk(folder, onerror=note_unreadable, followlinks=True):
        real = os.path.realpath(root)
        if real in seen:
            inner.clear()
            continue
        seen.add(real)
        inner[:] = _entered(sorted(inner), found)
        for name in sorted(names):
            path = Path(root) / name
            kind = _kind_left_out(path)
            if kind:
                found.left_out[kind] += 1
            else:
                paths.setdefault(os.path.realpath(path), path)
    found.paths = list(paths.values())
    return found


def shown(path: str | os.PathLike[str]) -> str:
    """Return a path as text that can be shown: bytes that are no UTF-8 are decoded by guess."""
    return repair_texts({"path": os.fspath(path)})["path"]


def _entered(folders: list[str], found: FolderContents) -> list[str]:
    """Return the folders to look into; the others are noted."""
    entered = []
    for name in folders:
        if name.casefold() in endings.IGNORED_FOLDERS or name.casefold().startswith(".trash"):
            found.folders.append(shown(name))
        elif endings.is_hidden(name):
            found.folders.append("hidden")
        else:
            entered.append(name)
    return entered


def _kind_left_out(path: Path) -> str:
    """Return why a file is left out, "" where it may be audio."""
    kind = endings.kind_of_name(path.name)
    if kind in ("system file", "hidden file"):
        return kind
    if (file := kind_of_file(path)) != FILE:
        return file.removeprefix("a ")
    return "" if endings.is_audio(path.name) else kind


def _counted(number: int, kind: str) -> str:
    if kind.startswith(".") or kind.startswith("unreadable") or kind in ("missing", "other"):
        return f"{number:,} {kind}"
    first, space, rest = kind.partition(" ")
    if space and first in ("link", "file"):  # "2 links to nothing", "2 files without an ending"
        return f"{count(number, first)} {rest}"
    return count(number, kind)
