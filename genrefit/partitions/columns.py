"""Songs in partitioned Parquet: a folder of files of some ten thousand songs each.

Columns: song_id, title, artist, address, genres (a list), fold (0 to 4, the same for all songs of
an artist), features (the song's means of one feature set, float16). Any program that reads Parquet
reads them; partitions may lie on storage that many machines share.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genrefit.config import Home
from genrefit.errors import LibraryError
from genrefit.library import open_library
from genrefit.metadata import artist_keys
from genrefit.records import Progress
from genrefit.storage import whole_file, write_whole

SONGS_A_PARTITION = 20_000
FOLDS = 5
ABOUT = "about.json"
SCHEMA = 1


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """The songs of one file: X [shape=(n, d), float32], fold [shape=(n,)], genres a song."""

    X: np.ndarray
    fold: np.ndarray
    genres: list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class PartitionedSongs:
    """A folder of partitions and what it says of itself."""

    folder: Path
    features: str
    version: int
    columns: tuple[str, ...]
    songs: int
    paths: tuple[Path, ...]

    @classmethod
    def open(cls, folder: Path) -> PartitionedSongs:
        """Open a folder; LibraryError where it holds no songs that can be read."""
        try:
            about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
            if about["schema"] != SCHEMA:
                raise LibraryError(
                    f"{folder} was written by another version of genrefit: export it again"
                )
            return cls(
                folder,
                str(about["features"]),
                int(about["version"]),
                tuple(about["columns"]),
                int(about["songs"]),
                tuple(folder / "songs" / name for name in about["partitions"]),
            )
        except FileNotFoundError as error:
            raise LibraryError(
                f"{folder} holds no partitioned songs: write them with `genrefit partitions export`"
            ) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LibraryError(f"{folder}/{ABOUT} cannot be read ({error})") from error


def read_partition(path: Path) -> Partition:
    """Read a partition's features, folds and genres."""
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=["features", "fold", "genres"])
    values = table["features"].combine_chunks()
    X = values.flatten().to_numpy(zero_copy_only=False).astype(np.float32)
    return Partition(
        X.reshape(len(table), -1),
        table["fold"].to_numpy().astype(np.int64),
        [tuple(names) for names in table["genres"].to_pylist()],
    )


def read_names(path: Path, rows: Sequence[int]) -> list[dict[str, Any]]:
    """Return song_id, title, artist, address and genres of some rows of a partition."""
    import pyarrow.parquet as pq

    columns = ["song_id", "title", "artist", "address", "genres"]
    taken = pq.read_table(path, columns=columns).take(list(rows))
    return [dict(row) for row in taken.to_pylist()]


def write_partition(path: Path, songs: Sequence[dict[str, Any]], X: np.ndarray) -> None:
    """Write a partition whole: `songs` have the columns of names, X [shape=(n, d)] the means."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    flat = pa.array(np.ascontiguousarray(X, dtype=np.float16).ravel())
    table = pa.table(
        {
            "song_id": pa.array([song["song_id"] for song in songs], pa.string()),
            "title": pa.array([song["title"] for song in songs], pa.string()),
            "artist": pa.array([song["artist"] for song in songs], pa.string()),
            "address": pa.array([song["address"] for song in songs], pa.string()),
            "genres": pa.array([list(song["genres"]) for song in songs], pa.list_(pa.string())),
            "fold": pa.array([fold_of(song) for song in songs], pa.int8()),
            "features": pa.FixedSizeListArray.from_arrays(flat, X.shape[1]),
        }
    )
    with whole_file(path) as part:
        pq.write_table(table, part, compression="zstd")


def fold_of(song: dict[str, Any]) -> int:
    """Return the fold of a song, 0 to 4: by its first artist, so that none is parted."""
    keys = artist_keys(song["artist"]) if song["artist"] else ()
    return zlib.crc32((keys[0] if keys else song["song_id"]).encode()) % FOLDS


def write_songs(
    folder: Path,
    batches: Iterable[tuple[Sequence[dict[str, Any]], np.ndarray]],
    *,
    features: str,
    version: int,
    columns: Sequence[str],
) -> PartitionedSongs:
    """Write batches of songs as partitions, and last what the folder says of itself."""
    (folder / "songs").mkdir(parents=True, exist_ok=True)
    names, count = [], 0
    for number, (songs, X) in enumerate(batches):
        names.append(f"part-{number:05}.parquet")
        write_partition(folder / "songs" / names[-1], songs, X)
        count += len(songs)
    about = {
        "schema": SCHEMA,
        "features": features,
        "version": version,
        "columns": list(columns),
        "songs": count,
        "partitions": names,
    }
    write_whole(folder / ABOUT, json.dumps(about, indent=2) + "\n")
    return PartitionedSongs.open(folder)


def export_songs(
    home: Home,
    folder: Path,
    *,
    features: str,
    on_progress: Callable[[Progress], None] | None = None,
) -> PartitionedSongs:
    """Write the library's song means of one feature set as partitions.

    LibraryError where no song has that set.
    """
    with open_library(home, create=False) as library:
        table = library.song_table(features)
    if not len(table.songs):
        raise LibraryError(
            f"no song of the library has the feature set {features!r}: collect songs first"
        )
    rows = [{str(k): v for k, v in row.items()} for row in table.songs.to_dict("records")]

    def batches() -> Iterator[tuple[Sequence[dict[str, Any]], np.ndarray]]:
        for at in range(0, len(rows), SONGS_A_PARTITION):
            chosen = slice(at, at + SONGS_A_PARTITION)
            yield rows[chosen], table.means[chosen]
            if on_progress:
                on_progress(Progress("writing", min(at + SONGS_A_PARTITION, len(rows)), len(rows)))

    return write_songs(
        folder, batches(), features=features, version=table.version, columns=table.columns
    )
