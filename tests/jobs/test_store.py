"""Jobs in the library's table."""

from __future__ import annotations

from genrefit.jobs import store
from genrefit.library import open_library
from genrefit.records import Progress


def test_progress_comes_back_as_it_was_stored(home):
    stored = Progress("collecting", 3, 9, 1, 12.5, 40.0, "Song", {"Hip Hop": (2, 4)})
    with open_library(home) as library:
        with library.transaction() as db:
            number = store.insert(db, "collect", {"genres": ["Hip Hop"]})
        store.set_progress(library, number, stored)
        (job,) = store.select(library, "")
    assert job.progress == stored and job.arguments == {"genres": ["Hip Hop"]}
