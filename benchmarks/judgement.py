"""Print what judges best: names, songs and both, typicality, and by how much, artists apart.

On what both ears make of 336 songs of the Emotify collection, looked for beside the checkout
(../shared, or GENREFIT_SHARED). With a few songs a genre, models are trained on draws of them and
judged on all songs of other artists; with all songs, each is judged once out of fold. Differences
are paired by song; their 95 % intervals resample artists.

    .venv/bin/python benchmarks/judgement.py [--draws 10] [--songs 2,5,15]
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from genrefit import config
from genrefit.features import FEATURE_SETS, yamnet
from genrefit.judging.resampling import mean_interval
from genrefit.learning import metrics, split, training
from genrefit.learning.pipelines import AUTO
from genrefit.learning.recipe import Recipe
from genrefit.learning.training_names import TrainingNames
from genrefit.learning.typicality import Typicality, unlike_all
from genrefit.learning.typicality import learn as learn_by_segments
from genrefit.records import Table

SHARED = Path(os.environ.get("GENREFIT_SHARED", config.CHECKOUT.parent / "shared"))
VOICES = ("names", "songs", "both")


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--draws", type=int, default=10)
    options.add_argument("--songs", default="2,5,15", help="songs a genre")
    arguments = options.parse_args()
    path = SHARED / "data" / "emotify_ears.npz"
    if not path.is_file():
        print(f"there is no {path}: left out")
        return
    first, second = emotify(path)
    print("songs a genre  " + "  ".join(f"{voice:>14}" for voice in VOICES), end="")
    print("   both - songs: accuracy            log loss")
    for size in map(int, arguments.songs.split(",")):
        print_few(first, second, size, arguments.draws)
    print_all(first, second)
    print_typicality(first)


def emotify(path: Path) -> tuple[Table, Table]:
    """Return the songs as each ear heard them; segments have their song's mean of the second."""
    import pandas as pd

    data = np.load(path)
    song = data["segment_song"].astype(np.int64)
    count = len(data["genre"])
    songs = pd.DataFrame(
        {
            "song_id": [f"song {n:03}" for n in range(count)],
            "title": [f"title {n}" for n in range(count)],
            "artist": [f"artist {a}" for a in data["artist"]],
            "address": "",
            "seconds": 60.0,
            "genres": [(str(genre),) for genre in data["genre"]],
        }
    )
    starts = np.concatenate([10.0 * np.arange(n) for n in np.bincount(song)]).astype(np.float32)

    def table(name: str, X: np.ndarray) -> Table:
        chosen = FEATURE_SETS[name]
        rows = X.astype(np.float32)
        return Table(rows, song, starts, songs, chosen.columns, name, chosen.version)

    heard = data["yamnet_mean"][:, yamnet.KEPT][song]
    return table("ear", data["segment_msd"]), table("yamnet", heard)


def of_songs(table: Table, chosen: np.ndarray) -> Table:
    """Return the table of some songs, by their numbers ascending."""
    rows = np.isin(table.song, chosen)
    return Table(
        table.X[rows], np.searchsorted(chosen, table.song[rows]), table.start[rows],
        table.songs.iloc[chosen].reset_index(drop=True), table.columns, table.features,
        table.version,
    )  # fmt: skip


def print_few(first: Table, second: Table, size: int, draws: int) -> None:
    """Print the voices' accuracy and log loss with so many songs a genre."""
    count = len(first.songs)
    genres = sorted({names[0] for names in first.songs["genres"]})
    member = split.members(first.songs, genres)
    artist = split.artists(first.songs)
    right, losses = np.full((3, draws, count), np.nan), np.full((3, draws, count), np.nan)
    for draw in range(draws):
        chosen = drawn(member, artist, size, np.random.default_rng(1000 * size + draw))
        others = np.flatnonzero(~np.isin(artist, artist[chosen]))
        judged = likelihoods(of_songs(first, chosen), of_songs(second, chosen),
                             of_songs(first, others), of_songs(second, others))  # fmt: skip
        for number, voice in enumerate(VOICES):
            P = judged[voice]
            right[number, draw, others] = member[others, P.argmax(1)]
            losses[number, draw, others] = metrics.losses(P, member[others])
    print_row(f"{size:13}", np.nanmean(right, axis=1), np.nanmean(losses, axis=1), artist)


def drawn(
    member: np.ndarray, artist: np.ndarray, size: int, rng: np.random.Generator
) -> np.ndarray:
    """Return the numbers of `size` songs of each genre, of as many artists as can be."""
    chosen: list[int] = []
    for of_genre in member.T:
        own = rng.permutation(np.flatnonzero(of_genre))
        turn = [int((artist[own[:at]] == artist[one]).sum()) for at, one in enumerate(own)]
        chosen += own[np.argsort(turn, kind="stable")[:size]].tolist()
    return np.sort(chosen)


def likelihoods(
    first: Table, second: Table, others: Table, others_second: Table
) -> Mapping[str, np.ndarray]:
    """Return each voice's likelihoods of other songs, after learning from some."""
    recipe = Recipe(pipeline="logistic")
    names = TrainingNames({}, (second,))
    both = training.learn(first, recipe, names=names, n_jobs=1).model
    alone = training.learn(first, recipe, n_jobs=1).model
    count = len(others.songs)
    heard = TrainingNames({}, (others_second,)).heard(both.prior, others)
    X = np.hstack([others.X, others_second.X])
    return {
        "names": np.exp(heard.songs),
        "songs": alone.songs(others.X, others.song, count),
        "both": both.songs(X, others.song, count),
    }


def print_all(first: Table, second: Table) -> None:
    """Print the same for all songs, judged out of fold, and what the report says."""
    recipe = Recipe(pipeline=AUTO)
    both = training.learn(first, recipe, names=TrainingNames({}, (second,)), n_jobs=1)
    alone = training.learn(first, recipe, n_jobs=1)
    genres = both.model.genres
    member, artist = split.members(first.songs, genres), split.artists(first.songs)
    heard = TrainingNames({}, (second,)).heard(both.model.prior, first)
    judged = [np.exp(heard.songs), alone.out_of_fold.to_numpy(), both.out_of_fold.to_numpy()]
    rows = np.arange(len(member))
    right = np.array([member[rows, P.argmax(1)] for P in judged], dtype=float)
    losses = np.array([metrics.losses(P, member) for P in judged])
    print_row(f"{'all':>13}", right, losses, artist)
    told = both.report.voices
    print(" ".join(told.sentences))
    biases = ", ".join(f"{genre} {value:+.2f}" for genre, value in told.biases.items())
    print(
        f"weights: songs {told.weights['songs']:.2f}, names {told.weights['names']:.2f}; {biases}"
    )


def print_row(name: str, right: np.ndarray, losses: np.ndarray, artist: np.ndarray) -> None:
    """Print a row; `right` and `losses` [shape=(voices, songs)], NaN where none judged."""
    judged = ~np.isnan(right[0])
    right, losses, artist = right[:, judged], losses[:, judged], artist[judged]
    cells = "  ".join(
        f"{accuracy:.3f} / {loss:.3f} "
        for accuracy, loss in zip(right.mean(1), losses.mean(1), strict=True)
    )
    gains = "   ".join(
        f"{mean:+.3f} ({low:+.3f} to {high:+.3f})"
        for mean, low, high in (difference(values, artist) for values in (right, losses))
    )
    print(f"{name}  {cells}  {gains}", flush=True)


def difference(values: np.ndarray, artist: np.ndarray) -> tuple[float, float, float]:
    """Return the mean of both minus songs and its interval, from values [shape=(voices, songs)]."""
    gap = values[2] - values[1]
    low, high = mean_interval(gap, artist)
    return float(gap.mean()), low, high


def print_typicality(table: Table) -> None:
    """Print how many own songs and strangers are found unlike all, by tags and by segments."""
    recipe = Recipe(pipeline="logistic")
    found = training.learn(table, recipe, n_jobs=1).report.typicality
    print(f"unlike all by tags: own {found.unlike_all:.3f}, strangers {found.strangers:.3f}")
    genres = sorted({names[0] for names in table.songs["genres"]})
    member = split.members(table.songs, genres)
    own, strangers = zip(*(by_segments(table, member, g) for g in range(len(genres))), strict=True)
    print(f"by segments of all columns: own {np.mean(own):.3f}, strangers {np.mean(strangers):.3f}")


def by_segments(table: Table, member: np.ndarray, left_out: int) -> Sequence[float]:
    """Return the shares found unlike all, of own songs and of a genre that is left out."""
    known = np.flatnonzero(~member[:, left_out])
    strange = np.flatnonzero(member[:, left_out])
    others, theirs = of_songs(table, known), of_songs(table, strange)
    rest = np.delete(member[known], left_out, axis=1)
    fold = split.folds(rest, split.artists(others.songs), n=5, seed=0)
    learned: Typicality
    learned, own = learn_by_segments(others.X, others.song, rest, fold)
    far = learned(theirs.X, theirs.song, len(strange))
    return float(unlike_all(own).mean()), float(unlike_all(far).mean())


if __name__ == "__main__":
    main()
