"""What has changed in the library since a model was trained: songs, labels, genres."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from genrefit.config import Home
from genrefit.errors import GenrefitError
from genrefit.features import FEATURE_SETS
from genrefit.formatting import count
from genrefit.learning import registry, trained_on
from genrefit.learning.name_table import tags_among
from genrefit.learning.report import ModelCard
from genrefit.library import Library, genres, open_library

SHOWN = 3
"""So many genres are named of each kind of change; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Staleness:
    """How many songs came, moved and went, by genre, since a model was trained.

    `moved` counts by the genre that a song is in now (also), `removed` by the one that it was in
    ("" where that is unknown). `new_genres` have songs that the model could know, `gone_genres`
    have none any more. `taken_anew` are genres of which the user said since what they sound like.
    """

    added: Mapping[str, int]
    moved: Mapping[str, int]
    removed: Mapping[str, int]
    new_genres: tuple[str, ...]
    gone_genres: tuple[str, ...]
    taken_anew: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        songs = (self.added, self.moved, self.removed)
        return any((*songs, self.new_genres, self.gone_genres, self.taken_anew))

    def sentence(self) -> str:
        """Return what changed, such as "3 songs added to rock, 2 songs moved to pop"."""
        parts = [
            *_each(self.added, "added to"),
            *_each(self.moved, "moved to"),
            *_each(self.removed, "removed from"),
            *(f"{genre} is new" for genre in self.new_genres[:SHOWN]),
            *(f"{genre} has no songs any more" for genre in self.gone_genres[:SHOWN]),
            *(f"what {genre} sounds like is said anew" for genre in self.taken_anew[:SHOWN]),
        ]
        return ", ".join(parts)

    def to_json(self) -> dict[str, Any]:
        """Return the counts by genre, and the sentence."""
        return {
            "added": dict(self.added),
            "moved": dict(self.moved),
            "removed": dict(self.removed),
            "new_genres": list(self.new_genres),
            "gone_genres": list(self.gone_genres),
            "taken_anew": list(self.taken_anew),
            "says": self.sentence(),
        }


def _each(counts: Mapping[str, int], what: str) -> list[str]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    parts = [
        f"{count(n, 'song')} {what} {genre}" if genre else f"{count(n, 'song')} removed"
        for genre, n in ranked[:SHOWN]
    ]
    if rest := sum(n for _, n in ranked[SHOWN:]):
        parts.append(f"{count(rest, 'song')} {what} other genres")
    return parts


def staleness(home: Home, name: str, *, library: Library | None = None) -> Staleness | None:
    """Return what has changed since a model was trained, None where nothing has.

    None also for a built-in model, which learned from no songs. ModelError where the model cannot
    be read. Songs count once they have the model's features, for only then it could learn of them.
    """
    learned = trained_on.read(home, name)
    if learned is None or not home.library.exists():
        return None
    card = registry.card(home, name)
    scope = None if learned.recipe.genres is None else set(learned.recipe.genres)
    with nullcontext(library) if library else open_library(home, create=False) as library:
        today = _labels_today(library, card.features, scope)
    before = learned.labels
    moved = {} if not learned.exact else _moved(before, today)
    genres_today = {genre for own in today.values() for genre in own}
    found = Staleness(
        added=_by_genre(today[song] for song in today.keys() - before.keys()),
        moved=moved,
        removed=_by_genre(before[song] or ("",) for song in before.keys() - today.keys()),
        new_genres=tuple(sorted(genres_today - set(card.genres))),
        gone_genres=tuple(sorted(set(card.genres) - genres_today)),
        taken_anew=tuple(sorted(_taken_anew(home, card))),
    )
    return found or None


def notes(home: Home, name: str) -> list[str]:
    """Return what to say where a model answers: a sentence with the command, or none.

    A model or library that cannot be read says so itself, where it is used.
    """
    try:
        found = staleness(home, name)
    except GenrefitError:
        return []
    if not found:
        return []
    return [
        f"since {name} was trained: {found.sentence()}; to train it again the same way: "
        f"genrefit train --again {_quoted(name)}"
    ]


def listing_json(home: Home) -> list[dict[str, Any]]:
    """Return every model as JSON holds it, each with what changed since (`stale`, else null)."""
    rows = []
    for model in registry.listing(home):
        try:
            found = staleness(home, model.name)
        except GenrefitError:  # a damaged model has its error in the row already
            found = None
        rows.append(model.to_json() | {"stale": found and found.to_json()})
    return rows


def _labels_today(
    library: Library, features: str, scope: set[str] | None
) -> dict[str, tuple[str, ...]]:
    """Return the genres in scope by song_id, of songs that have the features as they are now."""
    now = FEATURE_SETS[features].version if features in FEATURE_SETS else None
    versions = library.feature_versions()
    labels = {}
    for song_id, labelled in library.genres_of_songs().items():
        own = tuple(genre for genre in labelled if scope is None or genre in scope)
        if own and versions.get(song_id, {}).get(features) == now:
            labels[song_id] = own
    return labels


def _taken_anew(home: Home, card: ModelCard) -> list[str]:
    """Return the genres that the user likens to other tags than the model took their name for."""
    if not card.taken_for:
        return []
    defined = {genre.name: genre.like for genre in genres.written(home).values()}
    return [
        name
        for name, tags in card.taken_for.items()
        if (like := defined.get(name)) is not None and set(tags_among(like)) != set(tags)
    ]


def _moved(
    before: Mapping[str, tuple[str, ...]], today: Mapping[str, tuple[str, ...]]
) -> dict[str, int]:
    """Count songs whose genres changed, by the first genre that is new, else by one that stayed."""
    counts: Counter[str] = Counter()
    for song_id in before.keys() & today.keys():
        if set(before[song_id]) != set(today[song_id]):
            gained = [genre for genre in today[song_id] if genre not in before[song_id]]
            counts[(gained or list(today[song_id]))[0]] += 1
    return dict(counts)


def _by_genre(songs: Iterable[tuple[str, ...]]) -> dict[str, int]:
    return dict(Counter(genre for own in songs for genre in own))


def _quoted(name: str) -> str:
    import shlex

    return shlex.quote(name)
