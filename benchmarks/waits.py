"""What a user waits for on this machine: a library's table, training, a song's score.

Run: python benchmarks/waits.py [--songs 1000] [--pipeline auto]

The songs are drawn: four overlapping genres, timbre features, 24 segments a song, two songs an
artist; their library and model live in a folder that is gone afterwards. The song that is scored
is a 4-minute mp3 of real clips where ../shared/music is, else synthesized.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import speed
from genrefit.audio import decode
from genrefit.config import Home
from genrefit.learning import train
from genrefit.learning.recipe import Recipe
from genrefit.library import open_library
from genrefit.records import Features, Song
from genrefit.scoring import Scorer
from tests.support.tables import drawn

GENRES = ("country", "folk", "jazz", "metal")
SEGMENTS = 24
APART = 0.35
"""Standard deviations between genres in each feature: like real ones, these overlap."""
SCORES = 3


def fill(home: Home, songs: int) -> None:
    """Put drawn songs into the home's library."""
    genres = [(GENRES[i % len(GENRES)],) for i in range(songs)]
    artists = [f"Artist {i // (2 * len(GENRES))} of {genre}" for i, (genre,) in enumerate(genres)]
    made = drawn(genres, artists=artists, segments=SEGMENTS, apart=APART, features="timbre")
    with open_library(home) as library:
        for i, song in enumerate(made.songs.to_dict("records")):
            rows = made.song == i
            features = Features(made.start[rows], made.X[rows])
            library.add(
                Song(**song, key=song["address"], content=f"{i:064x}"), {"timbre": features}
            )


def timed(what: str, work: Callable[[], Any]) -> Any:
    """Do the work and print what it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what:58} {wall:8.2f} {cpu:8.2f}", flush=True)
    return result


def table(home: Home) -> None:
    with open_library(home) as library:
        library.table("timbre")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--songs", type=int, default=1_000)
    parser.add_argument("--pipeline", default="auto")
    arguments = parser.parse_args()
    print(f"{'':58} {'s':>8} {'CPU s':>8}  (of this process alone)")
    with tempfile.TemporaryDirectory() as work:
        home = Home(Path(work))
        timed(
            f"put {arguments.songs:,} songs into the library", lambda: fill(home, arguments.songs)
        )
        timed("load its table", lambda: table(home))
        recipe = Recipe(pipeline=arguments.pipeline, features="timbre")
        report = timed(f"train ({arguments.pipeline})", lambda: train.train(home, recipe))
        print(f"    chose {report.pipeline}, {report.songs.accuracy:.0%} of songs right")
        path = Path(work, "song.mp3")
        speed.encode(path, speed.frames(speed.music_folder(None)))
        with threadpool_limits(1):
            scorer = timed("load the model", lambda: Scorer(home))
            for i in range(SCORES):
                timed(
                    f"score a 4-minute mp3 on one core, time {i + 1}",
                    lambda: scorer.score(decode.decode(path), source="", title="", artist=None),
                )


if __name__ == "__main__":
    main()
