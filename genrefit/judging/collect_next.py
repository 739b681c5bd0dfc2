"""What to collect next: what more songs would bring, and of what, each with its evidence.

All of it is from folds over all songs: the report's learning curve, and the out-of-fold likelihoods
under the library's labels of today.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np

from genrefit.config import Home
from genrefit.formatting import count, percent, percent_with_interval
from genrefit.judging.labelled_songs import LabelledSongs, labelled_songs
from genrefit.judging.resampling import drawn
from genrefit.learning import registry
from genrefit.learning.report import CurvePoint
from genrefit.library import Library

CURVE, PAIR, ARTISTS = "curve", "pair", "artists"
STEEP, FLAT = 0.02, 0.01
"""A rise of accuracy from half of the songs to all that is worth more songs, or is not."""
NARROW = 0.1
"""A band of this width or less can tell that nothing rises."""
SURE = 0.6
"""The share of resamples in which a pair of genres must be the weakest, to be called so."""
FEW_ARTISTS = 10
TOO_FEW = "too few songs to tell"


@dataclass(frozen=True, slots=True)
class Advice:
    """One sentence on what to collect, about CURVE, PAIR or ARTISTS; `known` is false where there
    are too few songs to tell. `evidence` has the numbers behind it."""

    about: str
    sentence: str
    known: bool
    evidence: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)


def collect_next(home: Home, model: str, *, library: Library | None = None) -> list[Advice]:
    """Return what to collect next for a saved model; none for a built-in one.

    `library` where it is open already.
    """
    if registry.is_built_in(model):
        return []
    songs = labelled_songs(home, model, library=library)
    if not songs.song_ids:
        return []
    curve = registry.report(home, model).learning_curve
    return [of_curve(curve), of_pairs(songs), of_artists(songs)]


def of_curve(points: Sequence[CurvePoint]) -> Advice:
    """Tell whether more songs of the same kinds would help, by the learning curve and its band."""
    last = points[-1]
    half = min(points, key=lambda point: abs(point.songs - last.songs / 2))
    gain, band = last.accuracy - half.accuracy, last.high - last.low
    evidence = {"songs": [half.songs, last.songs], "gain": gain, "band": [last.low, last.high]}
    now = percent_with_interval(last.accuracy, (last.low, last.high))
    from_to = (
        f"learning from {last.songs:,} songs in place of {half.songs:,}, it is right for {now} "
        f"instead of {percent(half.accuracy)}"
    )
    if half is last:
        text, known = (
            f"{TOO_FEW} what more songs would bring: it learned from {last.songs:,}",
            False,
        )
    elif gain >= STEEP and last.accuracy > half.high:
        text, known = f"more songs will help: {from_to}", True
    elif gain < FLAT and band <= NARROW:
        text, known = f"more songs of the same kind will bring little: {from_to}", True
    else:
        likely = "more may help" if gain > 0 else "what more would bring is open"
        text, known = f"{TOO_FEW} for certain, {likely}: {from_to}", False
    return Advice(CURVE, text, known, evidence)


def of_pairs(songs: LabelledSongs) -> Advice:
    """Name the two genres that are most taken for one another, per song of theirs."""
    pairs = list(combinations(range(len(songs.genres)), 2))
    mixed, sizes = _mixed_by_artist(songs, pairs)
    rates = mixed.sum(axis=0) / np.maximum(sizes.sum(axis=0), 1)
    worst = int(rates.argmax())
    times = drawn(len(mixed))
    resampled = (times @ mixed) / np.maximum(times @ sizes, 1)
    share = float((resampled.argmax(axis=1) == worst).mean()) if len(pairs) > 1 else 1.0
    low, high = (float(edge) for edge in np.quantile(resampled[:, worst], [0.025, 0.975]))
    a, b = (songs.genres[genre] for genre in pairs[worst])
    taken, of = int(mixed[:, worst].sum()), int(sizes[:, worst].sum())
    evidence = {
        "genres": [a, b], "taken": taken, "of": of, "interval": [low, high], "weakest_in": share,
    }  # fmt: skip
    if not taken:
        return Advice(PAIR, "no two genres are taken for one another", True, evidence)
    found = f"of the {of:,} songs of {a} or {b}, {taken:,} {'is' if taken == 1 else 'are'} taken "
    found += "for the other genre"
    between = f" ({100 * low:.0f} to {100 * high:.0f} %)"
    if share >= SURE and low > 0:
        text = f"{a} and {b} are the weakest pair, songs that tell them apart help most: {found}"
        return Advice(PAIR, text + between, True, evidence)
    text = f"{TOO_FEW} which two genres are the weakest pair; so far {found}"
    return Advice(PAIR, text + between, False, evidence)


def of_artists(songs: LabelledSongs) -> Advice:
    """Name the genre with the fewest artists: other artists teach more than other songs."""
    artists = {
        genre: len(np.unique(songs.artist[songs.member[:, column]]))
        for column, genre in enumerate(songs.genres)
    }
    fewest = min(artists, key=lambda genre: artists[genre])
    others = sorted(number for genre, number in artists.items() if genre != fewest)
    evidence = {"genre": fewest, "artists": artists}
    column = songs.genres.index(fewest)
    own = count(int(songs.member[:, column].sum()), "song")
    by = f"{own} by {count(artists[fewest], 'artist')}"
    if artists[fewest] < FEW_ARTISTS or artists[fewest] < 0.7 * float(np.median(others)):
        text = (
            f"{fewest} has the fewest artists, so songs by others teach most there: {by}, where "
            f"the other genres have {_range(others)}"
        )
    else:
        text = f"no genre is short of artists: {fewest} has the fewest, {by}"
    return Advice(ARTISTS, text, True, evidence)


def _range(numbers: Sequence[int]) -> str:
    low, high = numbers[0], numbers[-1]
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _mixed_by_artist(
    songs: LabelledSongs, pairs: Sequence[tuple[int, int]]
) -> tuple[np.ndarray, np.ndarray]:
    """Return, by artist and pair of genres [shape=(artists, pairs)], how many songs of either were
    taken for the other, and how many songs of either there are; songs of both tell nothing."""
    guess, member = songs.P.argmax(axis=1), songs.member
    artist = np.unique(songs.artist, return_inverse=True)[1].reshape(-1)
    mixed = np.zeros((artist.max() + 1, len(pairs)))
    sizes = np.zeros_like(mixed)
    for column, (a, b) in enumerate(pairs):
        one, other = member[:, a] & ~member[:, b], member[:, b] & ~member[:, a]
        np.add.at(mixed[:, column], artist, (one & (guess == b)) | (other & (guess == a)))
        np.add.at(sizes[:, column], artist, one | other)
    return mixed, sizes
