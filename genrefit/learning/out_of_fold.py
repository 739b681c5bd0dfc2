"""Out-of-fold likelihoods as files: of songs as JSON, of segments as a compact array file."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd

from genrefit.learning.model_store import json_bytes


def songs_to_file(likelihoods: pd.DataFrame) -> bytes:
    """Return the file of songs' likelihoods: a row a song (index song_id), a column a genre."""
    songs = {
        song_id: [float(f"{p:.6g}") for p in row]
        for song_id, row in zip(likelihoods.index, likelihoods.to_numpy(), strict=True)
    }
    return json_bytes({"genres": list(likelihoods.columns), "songs": songs})


def songs_from_file(content: bytes) -> pd.DataFrame:
    """Return what `songs_to_file` was given."""
    values = json.loads(content)
    songs: dict[str, list[float]] = values["songs"]
    index = pd.Index(list(songs), name="song_id", dtype=object)
    return pd.DataFrame(list(songs.values()), index=index, columns=values["genres"], dtype=float)


def segments_to_file(likelihoods: pd.DataFrame) -> bytes:
    """Return the file of segments' likelihoods, as `no_segments` with rows.

    Likelihoods are kept as 16-bit floats, which is three digits: 240,000 segments of ten genres
    take 5 MB before compression.
    """
    song_ids = likelihoods.index.get_level_values("song_id")
    file = io.BytesIO()
    np.savez_compressed(
        file,
        genres=np.array(list(likelihoods.columns), dtype=str),
        songs=np.array(song_ids.unique(), dtype=str),
        song=pd.factorize(song_ids)[0].astype(np.int32),
        start=likelihoods.index.get_level_values("start").to_numpy(np.float32),
        likelihoods=likelihoods.to_numpy(np.float16),
    )
    return file.getvalue()


def segments_from_file(content: bytes) -> pd.DataFrame:
    """Return what `segments_to_file` was given, each row's likelihoods summing to one again."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        P = arrays["likelihoods"].astype(np.float64)
        song_ids = arrays["songs"].astype(object)[arrays["song"]]
        index = pd.MultiIndex.from_arrays([song_ids, arrays["start"]], names=["song_id", "start"])
        genres = [str(genre) for genre in arrays["genres"]]
    return pd.DataFrame(P / P.sum(axis=1, keepdims=True), index=index, columns=genres)


def no_songs(genres: tuple[str, ...]) -> pd.DataFrame:
    """Return out-of-fold likelihoods of no songs."""
    return songs_from_file(json_bytes({"genres": list(genres), "songs": {}}))


def no_segments(genres: tuple[str, ...]) -> pd.DataFrame:
    """Return out-of-fold likelihoods of no segments: index (song_id, start), a column a genre."""
    index = pd.MultiIndex.from_arrays([[], []], names=["song_id", "start"])
    return pd.DataFrame(np.zeros((0, len(genres))), index=index, columns=list(genres))
