"""How long finding takes among many songs: `python benchmarks/find.py [songs] [genres]`.

Once loaded (likelihoods in hand), `find` should answer for 10,000 songs in under 1 s.
"""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np
import pandas as pd

from genrefit import search
from genrefit.query import parse

QUERIES = (
    "genre 1",
    "genre 1 but not genre 2",
    "genre 1 and genre 2 and genre 3",
    "(genre 1 or genre 2) and at least 5% genre 3 but not genre 4",
    "70% genre 1, 20% genre 2, 10% genre 3",
)
REPEATS = 5


def made_up(songs: int, genres: int) -> pd.DataFrame:
    """Likelihoods as `search.library_likelihoods` gives them."""
    rng = np.random.default_rng(0)
    names = [f"genre {i}" for i in range(1, genres + 1)]
    metadata = pd.DataFrame(
        [
            (
                f"{i:016x}",
                f"Title {i}",
                f"Artist {i % 999}",
                f"/music/{i}.mp3",
                200.0,
                ("genre 1",),
                False,
            )
            for i in range(songs)
        ],
        columns=list(search.FIELDS),
        dtype=object,
    )
    P = rng.dirichlet(np.full(genres, 0.3), songs)
    likelihoods = pd.concat([metadata, pd.DataFrame(P, columns=names)], axis=1)
    likelihoods.attrs["genres"] = tuple(names)
    return likelihoods


def seconds(work) -> float:
    """Median CPU time of a call, in seconds: on an idle machine as long as it takes."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def main() -> None:
    given = [int(number) for number in sys.argv[1:3]]
    songs, genres = given + [10_000, 10][len(given) :]
    likelihoods = made_up(songs, genres)
    names = likelihoods.attrs["genres"]
    start = time.perf_counter()
    search.find(parse(QUERIES[0], names), likelihoods, top=1)
    first = time.perf_counter() - start
    print(f"{songs:,} songs, {genres} genres; the first query of a process: {first:.3f} s")
    print(f"{'all hits':>9} {'top 50':>9} {'m3u':>9} {'csv':>9} {'json':>9}  query (CPU s, median)")
    for text in QUERIES:
        query = parse(text, names)
        hits = search.find(query, likelihoods)
        times = (
            seconds(lambda query=query: search.find(query, likelihoods)),
            seconds(lambda query=query: search.find(query, likelihoods, top=50)),
            seconds(lambda hits=hits: search.to_m3u(hits)),
            seconds(lambda hits=hits: search.to_csv(hits)),
            seconds(lambda hits=hits: search.to_json(hits)),
        )
        print(" ".join(f"{t:9.3f}" for t in times) + f"  {text}")


if __name__ == "__main__":
    main()
