"""Likelihoods of partitioned songs in columns of their own, and find over them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from genrefit.errors import QueryError, TrainError
from genrefit.parallel import each
from genrefit.partitions.columns import PartitionedSongs, read_names, read_partition
from genrefit.partitions.training import FoldModels, load_models
from genrefit.query import fits, parse
from genrefit.storage import whole_file

FOLDER = "likelihoods"


def write_likelihoods(songs: PartitionedSongs, *, n_jobs: int | None = None) -> None:
    """Write every song's likelihoods, by the model that left its fold out, a file a partition."""
    models = load_models(songs.folder)
    (songs.folder / FOLDER).mkdir(exist_ok=True)
    for _ in each(partial(_write_one, models), songs.paths, n_jobs=n_jobs):
        pass


def _write_one(models: FoldModels, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    part = read_partition(path)
    P = models.likelihoods(part.X, part.fold)
    columns = {str(g): pa.array(P[:, g]) for g in range(len(models.genres))}
    with whole_file(path.parents[1] / FOLDER / path.name) as file:
        pq.write_table(pa.table(columns), file, compression="zstd")


@dataclass(frozen=True, slots=True, eq=False)
class LikelihoodColumns:
    """All likelihoods in memory: P [shape=(songs, G), float32], and where each row's song is."""

    songs: PartitionedSongs
    genres: tuple[str, ...]
    P: np.ndarray
    ends: np.ndarray
    """The number of songs up to the end of each partition."""

    @classmethod
    def load(cls, songs: PartitionedSongs) -> LikelihoodColumns:
        """Read the columns; TrainError where they are not written."""
        import pyarrow.parquet as pq

        models = load_models(songs.folder)
        parts = []
        for path in songs.paths:
            file = songs.folder / FOLDER / path.name
            if not file.is_file():
                raise TrainError(
                    f"{songs.folder} holds no likelihoods of {path.name}: run `genrefit "
                    "partitions train` again"
                )
            table = pq.read_table(file)
            parts.append(np.stack([column.to_numpy() for column in table.columns], axis=1))
        ends = np.cumsum([len(part) for part in parts])
        return cls(songs, models.genres, np.concatenate(parts), ends)

    def find(self, text: str, *, top: int = 200) -> list[dict[str, Any]]:
        """Return the songs that fit a query best, best first, each with its fit and likelihoods.

        QueryError where the query cannot be understood.
        """
        if top < 1:
            raise QueryError(f"{top} songs were asked for: ask for 1 or more")
        fit = np.asarray(fits(parse(text, self.genres), self.P, self.genres))
        top = min(top, len(fit))
        best = np.argpartition(-fit, top - 1)[:top]
        best = best[np.argsort(-fit[best], kind="stable")]
        best = best[fit[best] > 0]
        partition = np.searchsorted(self.ends, best, side="right")
        hits: dict[int, dict[str, Any]] = {}
        for number in np.unique(partition):
            rows = best[partition == number]
            start = self.ends[number - 1] if number else 0
            names = read_names(self.songs.paths[number], [int(row - start) for row in rows])
            for row, song in zip(rows, names, strict=True):
                by_genre = dict(zip(self.genres, self.P[row].tolist(), strict=True))
                hits[int(row)] = {**song, "fit": float(fit[row]), "likelihoods": by_genre}
        return [hits[int(row)] for row in best]
