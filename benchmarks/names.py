"""Print what genres' names are worth beside songs: names alone, songs alone, both.

Models are trained on 2 to 15 songs a genre, ten draws each, and judged on all songs of artists that
they have not heard. "Songs alone" is the same training with genres that are called by names that
say nothing. Two collections, looked for beside the checkout (../shared, or GENREFIT_SHARED) and
left out, with a word, where they are not: what both ears make of 336 songs of the Emotify
collection, and a folder of real music, a folder a genre, which is collected first.

    .venv/bin/python benchmarks/names.py [--draws 10] [--songs 2,3,5,8,15] [--home FOLDER]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from genrefit import config
from genrefit.collecting import collector
from genrefit.config import Home
from genrefit.features import FEATURE_SETS, ear_is_ready, yamnet
from genrefit.features.side_by_side import side_by_side
from genrefit.learning import registry, train
from genrefit.learning.names import NamePrior
from genrefit.learning.names_model import NamesModel
from genrefit.learning.recipe import Recipe
from genrefit.library import genres, open_library
from genrefit.records import Features, Song

SHARED = Path(os.environ.get("GENREFIT_SHARED", config.CHECKOUT.parent / "shared"))
SETS = NamesModel.sets
LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Heard:
    """A song as both ears heard it."""

    song: Song
    features: Mapping[str, Features]

    @property
    def genre(self) -> str:
        """The one genre that it is in."""
        return self.song.genres[0]


def main() -> None:
    """Print a table for each collection."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--draws", type=int, default=10)
    options.add_argument("--songs", default="2,3,5,8,15", help="songs a genre")
    options.add_argument("--home", type=Path, help="where the music is collected, and kept")
    arguments = options.parse_args()
    sizes = [int(size) for size in arguments.songs.split(",")]
    if (path := SHARED / "data" / "emotify_ears.npz").is_file():
        compare(path.stem, list(emotify(path)), sizes, arguments.draws)
    else:
        print(f"there is no {path}: left out")
    if not (SHARED / "music").is_dir() or not ear_is_ready(config.home()):
        print(f"there is no music at {SHARED / 'music'}, or no pretrained ear: left out")
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Home(arguments.home or Path(folder))
        compare("music", collected(home, SHARED / "music"), sizes, arguments.draws)


def emotify(path: Path) -> Iterator[Heard]:
    """Yield the songs of the file; every segment has its song's mean for the second ear."""
    data = np.load(path)
    for number, genre in enumerate(data["genre"]):
        first = data["segment_msd"][data["segment_song"] == number].astype(np.float32)
        second = np.tile(data["yamnet_mean"][number, yamnet.KEPT], (len(first), 1))
        starts = 10 * np.arange(len(first), dtype=np.float32)
        artist = f"artist {data['artist'][number]}"
        song_id = f"emotify {number}"
        song = Song(song_id, song_id, song_id, song_id, artist, 60.0, song_id, (str(genre),))
        values = {"ear": first, "yamnet": second.astype(np.float32)}
        yield Heard(song, {name: Features(starts, rows) for name, rows in values.items()})


def collected(home: Home, music: Path) -> list[Heard]:
    """Return the songs of a folder of music, collected into a home unless they are there."""
    for folder in sorted(path for path in music.iterdir() if path.is_dir()):
        genres.add(home, folder.name, [str(folder)])
    os.environ.setdefault("GENREFIT_EAR", str(config.home().ear))
    collector.collect(home, sets=SETS)
    with open_library(home) as library:
        return [
            Heard(song, {name: library.features(song.song_id, name) for name in SETS})
            for song in library.songs()
        ]


def compare(name: str, songs: Sequence[Heard], sizes: Sequence[int], draws: int) -> None:
    """Print accuracy and log loss by names, songs and both, for each number of songs a genre."""
    named = sorted({song.genre for song in songs})
    prior = NamesModel(NamePrior.of_names(named))
    print(f"\n{name}: {len(songs)} songs, {len(named)} genres; accuracy / log loss on songs of")
    print(f"artists that were not heard, mean of {draws} draws")
    print("songs a genre      judged       names          songs           both    both - songs")
    names = judged(prior.songs, named, songs)
    print(f"{0:13} {len(songs):11} {names[0]:.3f} / {names[1]:.3f}", flush=True)
    for size in sizes:
        rows, counts = [], []
        for draw in range(draws):
            chosen, others = drawn(songs, size, np.random.default_rng(1000 * size + draw))
            counts.append(len(others))
            rows.append(
                (
                    judged(prior.songs, named, others),
                    judged(trained(chosen, anonymous(named)), named, others),
                    judged(trained(chosen, {genre: genre for genre in named}), named, others),
                )
            )
        table = np.array(rows)  # draws, voices, (accuracy, log loss)
        means = "  ".join(f"{a:.3f} / {loss:.3f}" for a, loss in table.mean(axis=0))
        gain = table[:, 2, 0] - table[:, 1, 0]
        print(
            f"{size:13} {np.mean(counts):11.0f} {means}   {100 * gain.mean():+.1f} points "
            f"(deviation {100 * gain.std(ddof=1) if draws > 1 else 0:.1f})",
            flush=True,
        )


def anonymous(named: Sequence[str]) -> dict[str, str]:
    """Return names for genres that say nothing and stand in the same order."""
    return {genre: f"q{number:02}" for number, genre in enumerate(named)}


def drawn(
    songs: Sequence[Heard], size: int, rng: np.random.Generator
) -> tuple[list[Heard], list[Heard]]:
    """Return `size` songs of each genre, of as many artists as can be, and those of all others."""
    chosen: list[Heard] = []
    for genre in sorted({song.genre for song in songs}):
        own = [songs[i] for i in rng.permutation(len(songs)) if songs[i].genre == genre]
        seen: dict[str | None, int] = {}
        turns = []
        for song in own:
            turns.append(seen.setdefault(song.song.artist, 0))
            seen[song.song.artist] += 1
        first = np.argsort(turns, kind="stable")[:size]
        chosen += [own[i] for i in first]
    artists = {song.song.artist for song in chosen}
    return chosen, [song for song in songs if song.song.artist not in artists]


def trained(
    songs: Sequence[Heard], called: Mapping[str, str]
) -> Callable[[np.ndarray, np.ndarray, int], np.ndarray]:
    """Train on songs whose genres are called so; return what gives likelihoods of others."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        with open_library(home) as library:
            for heard in songs:
                song = heard.song
                library.add(
                    Song(
                        *(song.song_id, song.key, song.address, song.title, song.artist),
                        *(song.seconds, song.content, (called[heard.genre],)),
                    ),
                    dict(heard.features),
                )
        for name in called.values():
            genres.add(home, name)
        recipe = Recipe(name="model", pipeline="logistic", features="ear")
        train.train(home, recipe, n_jobs=1)
        model = registry.load(home, "model")

    def likelihoods(X: np.ndarray, song: np.ndarray, count: int) -> np.ndarray:
        width = sum(len(FEATURE_SETS[name].columns) for name in model.sets)
        return model.songs(X[:, :width], song, count)

    return likelihoods


def judged(
    likelihoods: Callable[[np.ndarray, np.ndarray, int], np.ndarray],
    named: Sequence[str],
    songs: Sequence[Heard],
) -> tuple[float, float]:
    """Return accuracy and log loss of songs."""
    rows = [side_by_side(SETS, song.features) for song in songs]
    number = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    P = likelihoods(np.concatenate(rows), number, len(rows))
    truth = np.array([list(named).index(song.genre) for song in songs])
    right = P[np.arange(len(truth)), truth]
    return float((P.argmax(axis=1) == truth).mean()), float(-np.log(np.fmax(right, LEAST)).mean())


if __name__ == "__main__":
    main()
