"""The public verbs, as `import genrefit` offers them: see docs/api.md.

Each takes `home` as a path or a Home; None means GENREFIT_HOME, else the default home.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from genrefit import config
from genrefit.config import Home

if TYPE_CHECKING:
    from genrefit.collecting.collector import CollectionResult
    from genrefit.learning.report import Report
    from genrefit.records import Failure, Genre, Progress
    from genrefit.scoring import ScoredSong
    from genrefit.search import Hit

AnyPath = str | os.PathLike[str]


def add_genre(
    name: str,
    sources: AnyPath | Iterable[AnyPath] = (),
    *,
    like: Iterable[str] | None = None,
    home: Home | AnyPath | None = None,
) -> Genre:
    """Add a genre, or sources to one that is there; return it with all its sources.

    A source is a folder, a file, a playlist file, or the address of a song, playlist or feed.
    `like` are tags of the pretrained ears that it sounds like, where its name does not tell.
    GenreError where the name cannot be used, or a tag is none.
    """
    from genrefit.learning.likeness import say_like
    from genrefit.learning.name_table import checked_tags
    from genrefit.library import genres

    tags = None if like is None else checked_tags(like)  # refused before anything is added
    genre = genres.add(_home(home), name, _texts(sources))
    if tags is None:
        return genre
    say_like(_home(home), genre.name, tags)
    return genres.read(_home(home))[genre.name]


def collect(
    *,
    home: Home | AnyPath | None = None,
    genres: Iterable[str] | None = None,
    features: Sequence[str] | None = None,
    jobs: int | None = None,
    retry_failed: bool = False,
    refresh: bool = False,
    drop_vanished: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> CollectionResult:
    """Collect the songs of the genres (None: of all) and keep the feature sets (None: the default).

    `jobs` songs are worked on at once (None: one a core). A song that fails is remembered with its
    reason and does not stop the others.
    """
    from genrefit.collecting import collector

    return collector.collect(
        _home(home),
        genres=genres,
        sets=features,
        jobs=jobs,
        retry_failed=retry_failed,
        refresh=refresh,
        drop_vanished=drop_vanished,
        on_progress=on_progress,
        cancelled=cancelled,
    )


def train(
    *,
    home: Home | AnyPath | None = None,
    genres: Iterable[str] | None = None,
    features: str | None = None,
    pipeline: str = "auto",
    protocol: str = "artist",
    grid: bool = False,
    seed: int = 0,
    name: str | None = None,
    replace: bool = False,
    jobs: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Report:
    """Train on the library's songs, save the model, and return its report.

    `features` None takes the best set there is, `name` None a readable one. `protocol` says what a
    split never parts: "artist", "song", or "row" (nothing: leaky). TrainError, SplitError or
    ModelError say what stands in the way.
    """
    from genrefit.learning import train as training

    recipe = training.Recipe(
        genres=tuple(genres) if genres is not None else None,
        features=features,
        pipeline=pipeline,
        protocol=protocol,
        grid=grid,
        seed=seed,
        name=name,
        replace=replace,
    )
    return training.train(
        _home(home), recipe, on_progress=on_progress, cancelled=cancelled, n_jobs=jobs
    )


def score(
    paths: AnyPath | Iterable[AnyPath],
    *,
    home: Home | AnyPath | None = None,
    model: str | None = None,
    query: str | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[ScoredSong | Failure]:
    """Score every song that the paths (files, folders, playlists, addresses) name.

    `model` None is the model in use; `query` adds its fit. A song that cannot be scored gives a
    Failure with its reason. ModelError or QueryError where nothing can be scored.
    """
    from genrefit import scoring

    return list(
        scoring.score(
            _texts(paths),
            home=_home(home),
            model=model,
            query=query,
            on_progress=on_progress,
            cancelled=cancelled,
        )
    )


def find(
    query: str,
    *,
    home: Home | AnyPath | None = None,
    model: str | None = None,
    least: float = 0.0,
    top: int | None = None,
) -> list[Hit]:
    """Rank the library's songs by a query, best first: at most `top`, with a fit of `least` up.

    `model` None is the model in use. QueryError where the query cannot be understood.
    """
    from genrefit import search
    from genrefit.learning import registry

    where = _home(home)
    name = registry.name_or_in_use(where, model)
    return search.search_library(where, query, model=name, least=least, top=top).hits


def _home(given: Home | AnyPath | None) -> Home:
    return given if isinstance(given, Home) else config.home(given)


def _texts(given: AnyPath | Iterable[AnyPath]) -> list[str]:
    """Return paths as texts, files and folders by their absolute path."""
    paths = [given] if isinstance(given, str | os.PathLike) else list(given)
    return [_absolute(os.fspath(path)) for path in paths]


def _absolute(path: str) -> str:
    return os.path.abspath(path) if os.path.exists(path) else path  # noqa: PTH100, PTH110
