"""Takes the demo out of a home again: its genres, songs, model and files."""

from __future__ import annotations

from genrefit.config import Home
from genrefit.demo.builder import MODEL, demo_genres, manifest, songs_folder
from genrefit.learning import model_store
from genrefit.library import genres as definitions
from genrefit.library import open_library


def remove(home: Home) -> int:
    """Remove all that the demo made, as one change, and return how many of its songs went.

    What the user added stays: other genres, their songs, other models.
    """
    there = definitions.read(home)
    names = [name for name in demo_genres(home) if name in there]
    gone = 0
    with (
        model_store.models_lock(home),
        open_library(home) as library,
        library.changing_genres("removed the demo"),
    ):
        for name in names:
            library.undefine_genre(name)
            gone += library.drop_genre(name)
        if MODEL in model_store.saved_names(home):
            library.discard_file(home.models / MODEL, trash=home.models)
        for path in (songs_folder(home), manifest(home)):
            if path.exists():
                library.discard_file(path, trash=home.data)
    return gone
