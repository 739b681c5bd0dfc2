"""What each genre of a home is taken for: by the table of names, or as a person said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from genrefit.config import Home
from genrefit.features import musicnn, yamnet
from genrefit.learning.name_table import Tags, checked_tags, in_words, tags_among, tags_of
from genrefit.library import genres
from genrefit.records import Genre

NETWORKS = {"the first ear": frozenset(musicnn.TAGS), "the second ear": frozenset(yamnet.COLUMNS)}


@dataclass(frozen=True, slots=True)
class Likeness:
    """The tags that a genre is taken for, () where none is known; `chosen` by a person or not."""

    genre: str
    tags: Tags
    chosen: bool

    @property
    def sentence(self) -> str:
        """What a person is told of it, without a full stop."""
        if not self.tags:
            return (
                "its name says nothing of how it sounds: say what it sounds like, or collect songs"
            )
        lacking = [ear for ear, tags in NETWORKS.items() if not tags & set(self.tags)]
        return f"sounds like {', '.join(in_words(self.tags))}" + (
            f" ({lacking[0]} has no word for it)" if lacking else ""
        )


def likeness(genre: Genre) -> Likeness:
    """Return what a genre is taken for."""
    if genre.like is None:
        return Likeness(genre.name, tags_of(genre.name), chosen=False)
    return Likeness(genre.name, tags_among(genre.like), chosen=True)


def say_like(home: Home, name: str, words: Iterable[str] | None) -> Likeness:
    """Say which tags a genre sounds like, of either network, or a genre of the table of names.

    None returns to what the table says of its name, no words mean that nothing is known of it.
    GenreError where there is no such genre, or a word is no tag (with suggestions).
    """
    tags = None if words is None else checked_tags(words)
    return likeness(genres.set_like(home, name, tags))
