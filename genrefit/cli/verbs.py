"""What each verb of the command line does: call one function, print what it gives."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from genrefit.cli import output
from genrefit.config import Home
from genrefit.errors import GenrefitError, QueryError
from genrefit.library import genres as definitions
from genrefit.library import open_library


def say(found: object) -> None:
    """Print JSON to standard output."""
    print(json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False))


def note(text: str) -> None:
    """Print a note to standard error."""
    print(text, file=sys.stderr)


def stopping() -> Callable[[], bool]:
    """Return a function that tells whether Ctrl-C was pressed; a second one stops at once."""
    pressed = threading.Event()

    def press(*_: object) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()
        note("\nstopping: finishing what is in hand (Ctrl-C again to stop at once) ...")

    signal.signal(signal.SIGINT, press)
    return pressed.is_set


# Define


def genres(home: Home, asked: argparse.Namespace) -> int:
    """Add, remove, rename or list genres."""
    return {
        "add": _genre_add,
        "remove": _genre_remove,
        "rename": _genre_rename,
        "list": _genre_list,
        "example": _genre_example,
    }[asked.action](home, asked)


def _genre_add(home: Home, asked: argparse.Namespace) -> int:
    sources = [_absolute(source) for source in asked.source]
    genre = definitions.add(home, asked.name, sources)
    note(f"{genre.name}: {_count(len(genre.sources), 'source')}. Next: genrefit collect")
    if any("://" in source for source in sources):
        note(definitions.TERMS)
    return 0


def _absolute(source: str) -> str:
    """A folder given by hand must mean the same wherever the next command is run."""
    path = Path(source).expanduser()
    return str(path.resolve()) if path.exists() else source


def _genre_remove(home: Home, asked: argparse.Namespace) -> int:
    if asked.source:
        name = definitions.find(definitions.read(home), asked.name).name
        known = definitions.read(home)[name].sources
        source = asked.source if asked.source in known else _absolute(asked.source)
        definitions.remove_source(home, name, source)
        note(f"{name}: {source} removed; its songs stay in the library")
        return 0
    genre = definitions.remove(home, asked.name)
    if asked.songs:
        with open_library(home) as library:
            gone = library.drop_genre(genre.name)
        note(f"{genre.name} removed, with {_count(gone, 'song')} that no other genre has")
    else:
        note(f"{genre.name} removed; its songs stay in the library (--songs forgets them too)")
    return 0


def _genre_rename(home: Home, asked: argparse.Namespace) -> int:
    old, new = definitions.rename(home, asked.name, asked.new)
    with open_library(home) as library:
        library.rename_genre(old, new)
    note(f"{old} is {new} now; models trained before keep the old name")
    return 0


def _genre_list(home: Home, asked: argparse.Namespace) -> int:
    found = definitions.read(home)
    if asked.json:
        say({genre.name: list(genre.sources) for genre in found.values()})
    elif not found:
        note("no genres yet: genrefit genres add NAME URL-OR-FOLDER, or genrefit genres example")
    else:
        for genre in found.values():
            print(genre.name)
            for source in genre.sources:
                print(f"  {source}")
    return 0


def _genre_example(home: Home, asked: argparse.Namespace) -> int:
    for genre in definitions.example().values():
        definitions.add(home, genre.name, genre.sources)
    note(f"ten genres added. {definitions.TERMS} Next: genrefit collect")
    return 0


def collect(home: Home, asked: argparse.Namespace) -> int:
    """Collect songs; done where anything was, or where there was nothing to do."""
    from genrefit.collecting.collector import collect as run
    from genrefit.sources import Limits

    given = {
        "pause_seconds": asked.pause,
        "deadline_seconds": asked.deadline,
        "longest_seconds": asked.longest * 60 if asked.longest else None,
        "max_bytes": int(asked.most_mb * 1e6) if asked.most_mb else None,
    }
    if asked.let_back_in:
        with open_library(home) as library:
            library.let_back_in()
    limits = replace(Limits(), **{key: v for key, v in given.items() if v is not None})
    with output.progress() as show:
        result = run(
            home,
            genres=asked.genre,
            sets=asked.features,
            jobs=asked.jobs,
            retry_failed=asked.retry_failed,
            refresh=asked.refresh,
            limits=limits,
            on_progress=show,
            cancelled=stopping(),
        )
    with open_library(home) as library:
        failed = library.summary()["failed"]
    if asked.json:
        say({"done": result.done, "failed": result.failed, "skipped": result.skipped,
             "seconds": round(result.seconds, 1), "notes": list(result.problems),
             "failures": failed})  # fmt: skip
    else:
        output.collected(result, failed)
    return 1 if result.failed and not result.done else 0


def library(home: Home, asked: argparse.Namespace) -> int:
    """Count songs, segments and failures."""
    with open_library(home, create=False) as opened:
        found = opened.summary()
    say(found) if asked.json else output.library(found)
    return 0


def importing(home: Home, asked: argparse.Namespace) -> int:
    """Take segments from a file."""
    from genrefit.library.exchange import import_segments

    found = import_segments(home, Path(asked.file))
    if asked.json:
        say(found)
    else:
        note(f"{_count(found['songs'], 'song')}, {_count(found['segments'], 'segment')}"
             f" ({found['known']} known before). Next: genrefit train")  # fmt: skip
    return 0


def exporting(home: Home, asked: argparse.Namespace) -> int:
    """Write all segments of a feature set."""
    from genrefit.features import FEATURE_SETS
    from genrefit.library.exchange import export_segments

    chosen = asked.features
    if chosen is None:
        with open_library(home, create=False) as opened:
            there = {name for sets in opened.sets().values() for name in sets}
        # The seed's form is the classic set's; others only where that was not collected.
        chosen = next((n for n in ("classic", *FEATURE_SETS) if n in there), "classic")
    elif chosen not in FEATURE_SETS:
        raise GenrefitError(f"no feature set {chosen!r}; there are {', '.join(FEATURE_SETS)}")
    count = export_segments(home, Path(asked.file), features=chosen)
    note(f"{_count(count, 'row')} of the feature set {chosen} written to {asked.file}")
    return 0


# Learn


def train(home: Home, asked: argparse.Namespace) -> int:
    """Train a model and print its judgement."""
    from genrefit.learning.train import Recipe
    from genrefit.learning.train import train as run

    recipe = Recipe(
        genres=tuple(asked.genre) if asked.genre else None,
        features=asked.features,
        drop=tuple(asked.drop or ()),
        pipeline=asked.pipeline,
        protocol=asked.protocol,
        grid=asked.grid,
        seed=asked.seed,
        name=asked.name,
        replace=asked.replace,
    )
    with output.progress() as show:
        found = run(home, recipe, on_progress=show, cancelled=stopping(), n_jobs=asked.jobs)
    say(found) if asked.json else output.report(found)
    return 0


def models(home: Home, asked: argparse.Namespace) -> int:
    """List models, or change one."""
    from genrefit.learning import registry

    if asked.action == "use":
        registry.use(home, asked.name)
        note(f"answers come from {asked.name} from now on")
    elif asked.action == "delete":
        registry.delete(home, asked.name)
        note(f"{asked.name} deleted")
    elif asked.action == "rename":
        registry.rename(home, asked.name, asked.new)
        note(f"{asked.name} is {asked.new} now")
    else:
        found = registry.listing(home)
        say(found) if asked.json else output.models(found)
    return 0


def report(home: Home, asked: argparse.Namespace) -> int:
    """Print a model's judgement."""
    from genrefit.learning import registry

    name = asked.model or registry.in_use(home)
    if name is None:
        raise GenrefitError("there is no model yet: genrefit train makes one")
    found = registry.report(home, name)
    say(found) if asked.json else output.report(found)
    return 0


# Answer


def score(home: Home, asked: argparse.Namespace) -> int:
    """Score files and URLs; 1 where any could not be scored."""
    from genrefit.scoring import NotScored, as_json
    from genrefit.scoring import score as run

    results = []
    with output.progress() as show:
        for result in run(
            [_absolute(given) for given in asked.input], home=home, model=asked.model,
            query=asked.query, on_progress=show, cancelled=stopping(),
        ):  # fmt: skip
            results.append(result)
            if not (asked.json or asked.csv):
                output.scored(result)
    if asked.json:
        say([as_json(result) for result in results])
    elif asked.csv:
        _csv([_flat(as_json(result)) for result in results])
    return 1 if not results or any(isinstance(result, NotScored) for result in results) else 0


def _flat(found: dict[str, Any]) -> dict[str, Any]:
    """One row a song for a table: nested parts become columns, the timeline is left out."""
    row: dict[str, Any] = {}
    for key, value in found.items():
        if isinstance(value, dict) and key in ("likelihoods", "typicality"):
            row |= {f"{key}: {genre}": p for genre, p in value.items()}
        elif not isinstance(value, dict | list):
            row[key] = value
    return row


def _csv(rows: Sequence[dict[str, Any]]) -> None:
    import pandas as pd

    pd.DataFrame(rows).to_csv(sys.stdout, index=False)


def find(home: Home, asked: argparse.Namespace) -> int:
    """Rank the library's songs by a query."""
    from genrefit import query, search
    from genrefit.learning import registry

    if asked.language:
        print(query.DOCUMENTATION)
        return 0
    name = asked.model or registry.in_use(home)
    if name is None:
        raise GenrefitError("there is no model yet: genrefit train makes one")
    text = _query_text(home, asked)
    query.parse(text, registry.load(home, name).genres)
    ranked = search.library_likelihoods(home, name)
    lacking = ranked.attrs.get("lacking", 0)
    if lacking:
        note(f"{_count(lacking, 'song')} left out for want of the features that {name} listens "
             "by: genrefit collect --refresh adds them")  # fmt: skip
    hits = search.find(text, ranked, least=asked.least, top=asked.top)
    if asked.situation and asked.query:
        with open_library(home) as library:
            library.save_situation(asked.situation, asked.query)
    if asked.m3u:
        print(search.to_m3u(hits), end="")
    elif asked.csv:
        print(search.to_csv(hits), end="")
    elif asked.json:
        say(search.to_json(hits))
    else:
        output.hits(hits)
    return 0


def _query_text(home: Home, asked: argparse.Namespace) -> str:
    if asked.query:
        return str(asked.query)
    if not asked.situation:
        raise QueryError('say what you look for: genrefit find "country but not hip hop"')
    with open_library(home) as library:
        saved = library.situations()
    if asked.situation not in saved:
        known = ", ".join(saved) or "none yet"
        raise QueryError(f"there is no situation {asked.situation!r}; there are: {known}")
    return saved[asked.situation]


# Serve


def app(home: Home, asked: argparse.Namespace) -> int:
    """Run the dashboard until Ctrl-C."""
    from genrefit.server.app import serve

    serve(home, port=asked.port, browser=not asked.no_browser)
    return 0


def demo(home: Home, asked: argparse.Namespace) -> int:
    """Make the synthetic demo home."""
    from genrefit.demo import build

    with output.progress() as show:
        build(home, seed=asked.seed, on_progress=show, cancelled=stopping())
    note(
        f"the demo (all of it synthetic) is in {home.path}. Next: genrefit app, or genrefit report"
    )
    return 0


def ear(home: Home, asked: argparse.Namespace) -> int:
    """Fetch the pretrained ear."""
    from genrefit.features import musicnn as pretrained

    if pretrained.ready():
        note("the pretrained ear is here already")
        return 0
    with output.progress() as show:
        pretrained.fetch(on_progress=show)
    note("the pretrained ear is here: drop a song on the dashboard, or genrefit score FILE")
    return 0


def doctor(home: Home, asked: argparse.Namespace) -> int:
    """Say what is here and what is missing; 1 where something needed is."""
    from genrefit.cli.doctor import examine

    found = examine(home)
    say(found) if asked.json else output.doctor(found)
    return 1 if any(not check["well"] and check["needed"] for check in found["checks"]) else 0


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


VERBS: dict[str, Callable[[Home, argparse.Namespace], int]] = {
    "genres": genres,
    "collect": collect,
    "library": library,
    "import": importing,
    "export": exporting,
    "train": train,
    "models": models,
    "report": report,
    "score": score,
    "find": find,
    "app": app,
    "demo": demo,
    "ear": ear,
    "doctor": doctor,
}
