"""Print how well songs are judged, by protocol, pipeline and feature set.

On the seed's published features of four genres, under each protocol (what a leak would claim), and
on a folder of real music, a folder a genre, artists apart, by feature set. Both are looked for
beside the checkout (../shared, or GENREFIT_SHARED) and left out, with a word, where they are not.

    .venv/bin/python benchmarks/accuracy.py [--pipelines logistic,svm] [--seeds 3] [--music FOLDER]
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from genrefit import config, features
from genrefit.audio import decode
from genrefit.features import FEATURE_SETS
from genrefit.learning import evaluation, split, training
from genrefit.learning.recipe import Recipe
from genrefit.metadata import artist_and_title
from genrefit.parallel import each
from genrefit.records import Features, Table
from tests.support.tables import of_seed

SHARED = Path(os.environ.get("GENREFIT_SHARED", config.CHECKOUT.parent / "shared"))
SUFFIXES = {".mp3", ".m4a", ".ogg", ".opus", ".flac", ".wav", ".webm"}
Extracted = tuple[Path, Mapping[str, Features]]


def main() -> None:
    """Print both tables."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--pipelines", default="logistic,svm,boosted")
    options.add_argument("--seeds", type=int, default=3, help="how many splits of the music")
    options.add_argument("--music", type=Path, default=SHARED / "music")
    options.add_argument("--jobs", type=int, default=None)
    arguments = options.parse_args()
    pipelines = arguments.pipelines.split(",")
    seed_file = SHARED / "data" / "seed_four_genres.jsonl.gz"
    if seed_file.is_file():
        by_protocol(of_seed(seed_file), pipelines, arguments.jobs)
    else:
        print(f"the seed's features are not at {seed_file}: left out")
    if arguments.music.is_dir():
        by_features(arguments.music, pipelines, arguments.seeds, arguments.jobs)
    else:
        print(f"there is no music at {arguments.music}: left out")


def by_protocol(table: Table, pipelines: Sequence[str], n_jobs: int | None) -> None:
    """Print accuracy on the validation part under each protocol."""
    print(f"\nThe seed's features: {len(table.songs)} songs, {len(table.X)} segments, one split")
    print("protocol  pipeline   segments  log loss   songs  [95 % interval]  log loss       s")
    for protocol in split.PROTOCOLS:
        for pipeline in pipelines:
            report = training.learn(
                table, Recipe(pipeline=pipeline, protocol=protocol), n_jobs=n_jobs
            ).report
            segments, songs = report.segments, report.songs
            low, high = songs.interval("accuracy")
            print(
                f"{protocol:<9} {pipeline:<10} {segments.accuracy:8.3f} "
                f"{segments.log_loss:9.3f} {songs.accuracy:7.3f}  [{low:.3f}, {high:.3f}]  "
                f"{songs.log_loss:8.3f} {report.seconds:7.1f}",
                flush=True,
            )


def by_features(folder: Path, pipelines: Sequence[str], seeds: int, n_jobs: int | None) -> None:
    """Print out-of-fold accuracy of songs by artists never heard, by feature set."""
    began = time.perf_counter()
    files = sorted(p for p in folder.glob("*/*") if p.suffix.lower() in SUFFIXES)
    extracted = sorted(each(extract_all, files, n_jobs=n_jobs), key=lambda song: song[0])
    print(f"\n{folder.name}: {len(extracted)} songs heard in {time.perf_counter() - began:.0f} s")
    print(f"out-of-fold songs, artists apart, {seeds} splits into 5 folds")
    print("genres                          features pipeline   songs  [95 % interval]  log loss")
    for merged in ({}, {"pop": "pop+rock", "rock": "pop+rock"}):
        for name in extracted[0][1]:
            table = feature_table(extracted, name, merged)
            genres = sorted({genre for names in table.songs["genres"] for genre in names})
            for pipeline in pipelines:
                P, member, artist = (
                    np.concatenate(part)
                    for part in zip(*out_of_folds(table, pipeline, seeds, n_jobs), strict=True)
                )
                metrics = evaluation.evaluate_level(P, member, genres=genres, group=artist)
                low, high = metrics.interval("accuracy")
                print(
                    f"{', '.join(genres):<31} {name:<8} {pipeline:<9} {metrics.accuracy:6.3f}  "
                    f"[{low:.3f}, {high:.3f}]  {metrics.log_loss:8.3f}",
                    flush=True,
                )


def out_of_folds(
    table: Table, pipeline: str, seeds: int, n_jobs: int | None
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield likelihoods, genres and artists of all songs, once for each split."""
    for seed in range(seeds):
        trained = training.learn(table, Recipe(pipeline=pipeline, seed=seed), n_jobs=n_jobs)
        member = split.members(table.songs, trained.model.genres)
        yield trained.out_of_fold.to_numpy(), member, split.artists(table.songs)


def extract_all(path: Path) -> Extracted:
    """Decode a file and extract every feature set that can be had here."""
    return path, features.extract(
        decode.decode(path), features.default_sets(config.home()), home=config.home()
    )


def feature_table(extracted: Sequence[Extracted], name: str, merged: Mapping[str, str]) -> Table:
    """Return one feature set's table of the extracted songs."""
    chosen = FEATURE_SETS[name]
    values = [sets[name].values for _, sets in extracted]
    named = [artist_and_title(path.stem) for path, _ in extracted]
    folders = [path.parent.name for path, _ in extracted]
    songs = pd.DataFrame(
        {
            "song_id": [str(path) for path, _ in extracted],
            "title": [title for _, title in named],
            "artist": pd.Series([artist for artist, _ in named], dtype=object),
            "address": [str(path) for path, _ in extracted],
            "seconds": 0.0,
            "genres": [(merged.get(folder, folder),) for folder in folders],
        }
    )
    return Table(
        X=np.concatenate(values).astype(np.float32),
        song=np.repeat(np.arange(len(values)), [len(v) for v in values]),
        start=np.concatenate([sets[name].starts for _, sets in extracted]),
        songs=songs,
        columns=chosen.columns,
        features=name,
        version=chosen.version,
    )


if __name__ == "__main__":
    main()
