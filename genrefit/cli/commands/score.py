"""`genrefit score`: tell how well songs fit the genres."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from genrefit.cli.output import print_block, print_csv, print_json, print_line, print_note
from genrefit.cli.parsing import Commands, add_json_option, resolved
from genrefit.cli.progress import catch_interrupt, show_progress
from genrefit.cli.stale_note import print_stale_note
from genrefit.config import Home
from genrefit.formatting import clock, percent

if TYPE_CHECKING:
    from genrefit.records import Failure
    from genrefit.scoring import ScoredSong

TAGS_SHOWN = 5


def add_parser(commands: Commands) -> None:
    """Add the verb and its arguments."""
    score = commands.add("score", "tell how well songs fit your genres")
    score.add_argument("input", nargs="+", help="files, folders, playlists or URLs")
    score.add_argument("--model", help="default: the model in use")
    score.add_argument("--query", help="also give this query's fit")
    score.add_argument("--why", action="store_true", help="say what spoke for the best genre")
    score.add_argument("--m3u", action="store_true", help="print a playlist, the best fit first")
    score.add_argument("--csv", action="store_true", help="print a CSV table")
    add_json_option(score)


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Score files and URLs; return 1 where any could not be scored."""
    from genrefit.learning import registry
    from genrefit.records import Failure
    from genrefit.scoring import score, to_json

    name = registry.name_or_in_use(home, arguments.model)
    print_stale_note(home, name)
    results = []
    with show_progress() as show:
        for result in score(
            [resolved(given) for given in arguments.input], home=home, model=name,
            query=arguments.query, on_progress=show, cancelled=catch_interrupt(),
            on_note=print_note, why=arguments.why,
        ):  # fmt: skip
            results.append(result)
            if not (arguments.json or arguments.csv or arguments.m3u):
                _print_result(result)
    if arguments.m3u:
        _print_playlist(results)
    elif arguments.json:
        print_json([to_json(result) for result in results])
    elif arguments.csv:
        print_csv([_table_row(to_json(result)) for result in results])
    return 1 if not results or any(isinstance(result, Failure) for result in results) else 0


def _table_row(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return one row a song: likelihoods and typicality by genre, without the timeline."""
    row: dict[str, Any] = {}
    for key, value in result.items():
        if isinstance(value, dict) and key in ("likelihoods", "typicality"):
            row |= {f"{key}: {genre}": p for genre, p in value.items()}
        elif not isinstance(value, dict | list):
            row[key] = value
    return row


def _print_result(result: ScoredSong | Failure) -> None:
    from genrefit.learning import registry
    from genrefit.records import Failure

    if isinstance(result, Failure):
        print_line(f"{result.about}")
        print_line(f"  not scored: {result.reason}")
        return
    name = f"{result.artist} - {result.title}" if result.artist else result.title
    print_line(f"{name}  ({clock(result.seconds)}, by {result.model})")
    if result.fit is not None:
        print_line(f"  fit {result.fit:.2f}")
    # A built-in model has no songs of its own to be typical of; it gives its tags' activation.
    general = registry.is_built_in(result.model)
    measure = "activation" if general else "typicality"
    for genre, p in sorted(result.likelihoods.items(), key=lambda item: -item[1]):
        typical = result.typicality[genre]
        print_line(
            f"  {genre:<20} {percent(p):>5}  {'█' * round(20 * p):<20}  {measure} {typical:.2f}"
        )
    if result.held_out:
        print_line("  a song of your library: judged by a fit that never heard it")
    if result.not_music:
        print_line(f"  this is {result.not_music}, not music: take the likelihoods with care")
    elif result.unlike_all:
        whom = "all of these genres" if general else "everything in your playlists"
        print_line(f"  unlike {whom}: take the likelihoods with care")
    if result.sounds_like:
        top = sorted(result.sounds_like.items(), key=lambda item: -item[1])[:TAGS_SHOWN]
        print_line("  sounds like: " + ", ".join(f"{tag} {percent(p)}" for tag, p in top))
    if result.why:
        _print_why(result.why)


def _print_playlist(results: Sequence[ScoredSong | Failure]) -> None:
    """Print the songs that a player can find, the best fit first; what is no song goes aside."""
    from genrefit import search
    from genrefit.scoring import ScoredSong

    songs = [result for result in results if isinstance(result, ScoredSong)]
    songs.sort(key=lambda song: -(song.fit or 0))
    entries = [search.PlaylistEntry(s.title, s.artist, s.source, s.seconds) for s in songs]
    print_block(search.to_m3u([e for e in entries if search.can_be_played(e.address)]), end="")


def _print_why(why: Mapping[str, Any]) -> None:
    """Print what spoke for the first of two genres, and what for the second."""
    from genrefit.plots.feature_names import feature_name

    first, second = why["genres"]
    for genre in why["genres"]:
        alike = [f"{s['artist']} - {s['title']}" if s["artist"] else s["title"]
                 for s in why["alike"][genre]]  # fmt: skip
        print_line(f"  most alike of {genre}: " + ("; ".join(alike) or "no song to compare with"))
    for genre, moments, weights in (
        (first, why["spoke_for"], why["weighed_for"]),
        (second, why["spoke_against"], why["weighed_against"]),
    ):
        parts = [f"from {clock(m['start'])} ({percent(m['likelihoods'][genre])})" for m in moments]
        parts += [f"{feature_name(w['feature'])} ({w['amount']:+.2f})" for w in weights]
        print_line(f"  spoke for {genre}: " + ("; ".join(parts) or "nothing"))
