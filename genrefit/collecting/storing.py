"""A collected song on its way into the library."""

from __future__ import annotations

from dataclasses import replace

from genrefit.collecting.fetch_queue import PlannedSong
from genrefit.collecting.tasks import CollectedSong
from genrefit.library import Library


def store_song(library: Library, planned: PlannedSong, collected: CollectedSong) -> None:
    """Store a new song, or what a stored one's file gave anew.

    Where its file is another by now, title, artist and all features are the new file's.
    """
    stored = planned.stored
    if stored is None:
        library.add(
            replace(collected.song, genres=tuple(sorted(planned.genres))), collected.features
        )
    else:
        content = collected.song.content
        if content != stored.content and library.song_with_content(content) is None:
            library.replace_song(stored.song_id, collected.song, collected.features)
        else:
            library.add_features(stored.song_id, collected.features)
        library.forget_failure(stored.key)
    if collected.state is not None:
        library.keep_file(collected.song.key, collected.state)
