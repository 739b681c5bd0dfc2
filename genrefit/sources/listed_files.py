"""The files that a local list names: where they are, and which of them a list may name at all.

A list may come from a stranger, so that it may name audio files only, below its own folder or
below a music folder: a folder that is a source of a genre, one of GENREFIT_MUSIC (parted as in
PATH), or the system's music folder.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from genrefit.sources.urls import AUDIO_ENDINGS, LIST_ENDINGS

MUSIC_VARIABLE = "GENREFIT_MUSIC"


class ListedFiles:
    """Finds the files that one list names."""

    def __init__(self, list_path: Path, music_folders: Sequence[str | Path] = ()) -> None:
        self.folder = list_path.parent.absolute()
        self.roots = tuple(dict.fromkeys((self.folder, *_named_folders(music_folders))))
        self._names_of: dict[Path, dict[str, str]] = {}

    def find(self, path: str) -> Path | None:
        """Return the file that a list means by `path`, None where none of its roots has it.

        Tried are the path as it is, with percent escapes decoded, in any Unicode normal form and
        case; and, for the path of another machine ("C:/Users/me/Music/a/b.mp3"), its last steps
        below each root.
        """
        for spelling in dict.fromkeys((path, unquote(path, errors="surrogateescape"))):
            for root, steps in self._places(spelling):
                if steps and (found := self._below(root, steps)):
                    return found
        return None

    def _places(self, path: str) -> Iterator[tuple[Path, tuple[str, ...]]]:
        """Yield folders, and the steps from each to where the file may be."""
        absolute = self._absolute(path)
        inside = [root for root in self.roots if absolute.is_relative_to(root)]
        for root in inside:
            yield root, absolute.relative_to(root).parts
        steps = [step for step in PurePosixPath(path).parts if step not in ("/", "..", ".")]
        if not _is_absolute(path):
            return
        if steps and steps[0].endswith(":"):
            steps = steps[1:]
        for start in range(len(steps) - 1):
            for root in self.roots:
                yield root, tuple(steps[start:])
        yield self.folder, tuple(steps[-1:])  # a name alone only beside the list itself

    def _below(self, root: Path, steps: Sequence[str]) -> Path | None:
        """Return the file at these steps below `root`, each in any normal form and case."""
        exact = root.joinpath(*steps)
        if _is_file(exact):
            return exact
        path = root
        for step in steps:
            name = self._names(path).get(_folded(step))
            if name is None:
                return None
            path /= name
        return path if _is_file(path) else None

    def _names(self, folder: Path) -> dict[str, str]:
        """Return a folder's names by their folded form; the first of several wins."""
        if folder not in self._names_of:
            names: dict[str, str] = {}
            with suppress(OSError):  # not there, or no folder
                for name in sorted(entry.name for entry in folder.iterdir()):
                    names.setdefault(_folded(name), name)
            self._names_of[folder] = names
        return self._names_of[folder]

    def refusal(self, path: str) -> str:
        """Return in a few words why a path that `find` does not find is left out."""
        if not is_song_or_list(path):
            return "it is no audio file"
        absolute = self._absolute(path)
        inside = any(absolute.is_relative_to(root) for root in self.roots)
        if inside or not os.path.lexists(absolute):
            return "it is not there"
        return (
            "it lies outside the list's folder and your music folders: add its folder as a source, "
            f"or name it in {MUSIC_VARIABLE}"
        )

    def _absolute(self, path: str) -> Path:
        """Return a path without ".." steps, relative to the list's folder."""
        given = Path(path)
        with suppress(RuntimeError):  # the home of a user who does not exist
            given = given.expanduser()
        return Path(os.path.normpath(self.folder / given))


def is_song_or_list(path: str) -> bool:
    """Tell by its name whether a list may name this file."""
    return PurePosixPath(path).suffix.lower() in AUDIO_ENDINGS | LIST_ENDINGS


def _is_absolute(path: str) -> bool:
    return path.startswith(("/", "~")) or path[1:3] == ":/"


def _named_folders(given: Sequence[str | Path]) -> list[Path]:
    import platformdirs

    named = [*given, *os.environ.get(MUSIC_VARIABLE, "").split(os.pathsep)]
    named.append(platformdirs.user_music_path())
    folders = []
    for folder in (Path(folder) for folder in named if str(folder)):
        with suppress(RuntimeError, OSError, ValueError):  # no such user, or no such name
            if folder.expanduser().is_dir():
                folders.append(Path(os.path.normpath(folder.expanduser().absolute())))
    return folders


def _is_file(path: Path) -> bool:
    try:
        return path.is_file() and is_song_or_list(path.name)
    except (OSError, ValueError):
        return False  # a name that is too long, or a null byte


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
