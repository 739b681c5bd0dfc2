"""What to train on and how, and about how long that takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from genrefit.learning import pipelines

FOLDS = 5
REPEATS, FEW = 3, 300
"""Where there are fewer songs than this, they are dealt into folds so often: how songs happen to
be dealt then moves the numbers, and fits are quick."""
CURVE = (0.25, 0.5, 0.75)
"""Shares of the other folds' songs for the learning curve, whose last point is all of them."""
OVERHEAD_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to train on and how; None stands for every genre and for the best features there."""

    genres: tuple[str, ...] | None = None
    features: str | None = None
    drop: tuple[str, ...] = ()
    pipeline: str = pipelines.AUTO
    protocol: str = "artist"
    grid: bool = False
    seed: int = 0
    name: str | None = None
    replace: bool = False

    @property
    def compares(self) -> bool:
        """Whether many fits are compared, so that each is fitted on fewer rows."""
        return self.grid or self.pipeline == pipelines.AUTO

    def to_json(self) -> dict[str, Any]:
        """Return the recipe as the arguments of a training job."""
        values = asdict(self)
        return {key: list(v) if isinstance(v, tuple) else v for key, v in values.items()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Recipe:
        """Make a recipe of a training job's arguments; TypeError where one is unknown."""
        arguments: dict[str, Any] = {
            key: tuple(v) if isinstance(v, list) else v for key, v in values.items()
        }
        return cls(**arguments)


def repeats(songs: int) -> int:
    """Return how often so many songs are dealt into folds anew, each song being judged once."""
    return REPEATS if songs < FEW else 1


def curve_folds(songs: int) -> int:
    """Return how many of the folds of so many songs the learning curve is judged on."""
    return FOLDS if songs < FEW else 1


def estimated_seconds(
    recipe: Recipe, *, rows: int, songs: int, genres: int, columns: Sequence[str]
) -> float:
    """Return about how many seconds of one core a training on `rows` segments of `songs` takes."""
    d, development = len(columns), 0.8 * rows
    candidates = pipelines.candidates(recipe.pipeline, columns, grid=recipe.grid)

    def seconds(name: str, n: float) -> float:
        most = pipelines.KINDS[name].rows(d, recipe.compares)
        return pipelines.seconds(name, n, d, genres, most=most)

    comparing = FOLDS * sum(seconds(name, development * 0.8) for name, _ in candidates)
    slowest = max((name for name, _ in candidates), key=lambda name: seconds(name, rows))
    # The final fit, the folds over everything, the row protocol's, the learning curve's.
    folds, curve = FOLDS * repeats(songs), CURVE * curve_folds(songs)
    sizes = [rows, *[development] * (folds + 1), *(development * share for share in curve)]
    return OVERHEAD_SECONDS + comparing + sum(seconds(slowest, n) for n in sizes)
