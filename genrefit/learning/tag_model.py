"""The built-in model `tags`: genres from the ear's own tags, there before any training.

With the second ear the model is a NamesModel over `prior_of_both`, which has a tag for classical
music, reggae and more. What follows is of the first ear alone.

It is a general ear, not trained on your playlists. What it knows is what Last.fm's listeners called
songs of the Million Song Dataset, so where they had no word it has none:

- there is no `classical` among the 50 tags: classical music comes out as jazz or folk, whichever
  it sounds more like (its tags "instrumental" and "ambient" then stand high in "sounds like");
- nor is there bluegrass, reggae, latin, gospel or world music;
- "pop" was said of so much that it seldom comes first: songs sold as pop often come out as indie
  or rock.

Calibration: a genre weighs as much as its strongest tag's activation, squared, and the weights are
divided by their sum. The strongest tag rather than a sum, since "rock" and "hard rock" are said of
the same songs and would count twice. Squared, because single activations are cautious (the network
learnt that most songs lack most tags): of the powers 0.75 to 3, 2 gave the least log loss on 48
real clips of electronic, pop and rock, and the mean likelihood of the best genre (0.56) then came
near to how often it was right (0.60). Dividing by how common a tag is was tried and made it worse:
a little "folk" then outdid a lot of "rock".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genrefit.errors import ModelError
from genrefit.features import musicnn
from genrefit.learning.name_table import tags_of
from genrefit.learning.names import NamePrior
from genrefit.learning.pooling import song_means

GENRES: dict[str, tuple[str, ...]] = {
    "blues": ("blues",),
    "country": ("country",),
    "easy listening": ("easy listening",),
    "electronic": (
        *("electronic", "electronica", "electro", "House", "dance", "ambient"),
        "chillout",
    ),
    "experimental": ("experimental",),
    "folk": ("folk",),
    "hip hop": ("Hip-Hop",),
    "indie": ("indie", "indie rock", "indie pop"),
    "jazz": ("jazz",),
    "metal": ("metal", "heavy metal"),
    "pop": ("pop",),
    "punk": ("punk",),
    "rock": (
        *("rock", "classic rock", "hard rock", "Progressive rock"),
        *("alternative", "alternative rock"),
    ),
    "soul": ("soul", "rnb", "funk"),
}
"""Each genre and the tags that are folded into it. The other tags say who sings, how it feels, what
plays or from when it is ("female vocalists", "Mellow", "guitar", "80s"): they name no genre and are
only told as "sounds like"."""

OF_THE_SECOND_EAR = (
    *("african", "asian", "bluegrass", "classical", "disco", "gospel", "latin"),
    *("middle eastern", "opera", "reggae", "ska"),
)
"""Genres that only the second ear has a tag for."""

INDEPENDENT = "Independent music"

SHARPNESS = 2.0
"""The power that weighs activations; see above."""
FAINT = 0.1
"""A song in which no genre's tag reaches this activation is unlike them all; of 64 real clips each
reached 0.13."""


def prior_of_both() -> NamePrior:
    """Return the genres of both ears, each taken for its tags in both.

    AudioSet's "Independent music" is left out: it outdid pop and rock on most of 32 real clips.
    """
    genres = tuple(sorted((*GENRES, *OF_THE_SECOND_EAR)))
    tags = [dict.fromkeys((*GENRES.get(genre, ()), *tags_of(genre))) for genre in genres]
    return NamePrior(genres, tuple(tuple(t for t in own if t != INDEPENDENT) for own in tags))


@dataclass(frozen=True, slots=True)
class TagModel:
    """Likelihoods of genres from the ear's tags, with the interface of a trained model."""

    genres: ClassVar[tuple[str, ...]] = tuple(GENRES)
    features: ClassVar[str] = "ear"
    sets: ClassVar[tuple[str, ...]] = ("ear",)
    version: ClassVar[int] = musicnn.VERSION
    columns: ClassVar[tuple[str, ...]] = musicnn.COLUMNS

    def segments(self, X: np.ndarray) -> np.ndarray:
        """Return likelihoods [shape=(n, G), rows sum to 1] of segments X [shape=(n, 250)]."""
        weights = _activations(X) ** SHARPNESS
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))

    def songs(self, X: np.ndarray, song: np.ndarray, count: int) -> np.ndarray:
        """Return likelihoods [shape=(count, G)] of songs: the mean over their segments.

        `song` [shape=(n,), 0..count-1] numbers the song of each row of X.
        """
        return song_means(self.segments(X), song, count)

    def typicality(self, X: np.ndarray, song: np.ndarray, count: int) -> np.ndarray:
        """Return the activation of each genre's strongest tag [shape=(count, G), 0 to 1].

        This model has no songs of yours to compare with, so this is no p-value as a trained
        model's: it is the mean activation of the genre's strongest tag, and need not sum to one.
        """
        return song_means(_activations(X), song, count)

    @staticmethod
    def unlike_all(typicality_of_songs: np.ndarray) -> np.ndarray:
        """Tell which songs sound like none of the genres, from `typicality` [shape=(n, G)]."""
        return np.asarray((np.asarray(typicality_of_songs) < FAINT).all(axis=-1))


def _activations(X: np.ndarray) -> np.ndarray:
    """The activation of each genre's strongest tag [shape=(n, G)]."""
    from scipy.special import expit

    if X.ndim != 2 or X.shape[1] != len(musicnn.COLUMNS):
        raise ModelError(
            f"the built-in model 'tags' listens to the {len(musicnn.COLUMNS)} features of the set "
            f"'ear', but was given an array of shape {X.shape}"
        )
    activations = expit(np.asarray(X[:, -len(musicnn.TAGS) :], np.float64))
    columns = [[musicnn.TAGS.index(tag) for tag in tags] for tags in GENRES.values()]
    return np.stack([activations[:, of_genre].max(axis=1) for of_genre in columns], axis=1)
