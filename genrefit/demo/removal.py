"""Takes the demo out of a home again: its genres, songs, model and files."""

from __future__ import annotations

import shutil

from genrefit.config import Home
from genrefit.demo.builder import MODEL, demo_genres, manifest, songs_folder
from genrefit.learning import registry
from genrefit.library import genres as definitions


def remove(home: Home) -> int:
    """Remove all that the demo made and return how many of its songs went.

    What the user added stays: other genres, their songs, other models.
    """
    gone = 0
    there = definitions.read(home)
    for name in demo_genres(home):
        if name in there:
            gone += definitions.remove_with_songs(home, name)[1]
    if MODEL in registry.names(home):
        registry.delete(home, MODEL)
    shutil.rmtree(songs_folder(home), ignore_errors=True)
    manifest(home).unlink(missing_ok=True)
    return gone
