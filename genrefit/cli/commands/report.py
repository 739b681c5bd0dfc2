"""`genrefit report`: how good a model is."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from genrefit.cli.output import SHOWN, print_block, print_json, print_line, print_table
from genrefit.cli.parsing import Commands, add_json_option
from genrefit.cli.stale_note import print_stale_note
from genrefit.config import Home
from genrefit.formatting import count, percent, percent_with_interval

if TYPE_CHECKING:  # it needs pandas: the other verbs start faster without
    from genrefit.learning.report import JudgedSong, LevelMetrics, Report

METRICS = {
    "accuracy": "accuracy",
    "balanced accuracy": "balanced_accuracy",
    "log loss": "log_loss",
    "Jaccard, macro": "jaccard_macro",
    "calibration error": "ece",
    "guessing the biggest genre": "majority",
}
UNHEARD = {
    "artist": "songs by artists it has never heard",
    "song": "songs it has never heard (their artists it may have)",
    "row": "songs whose other segments it has heard: a leaky protocol, no measure of new songs",
}
"""By protocol: what the numbers are about."""


def add_parser(commands: Commands) -> None:
    """Add the verb and its options."""
    parser = commands.add(
        "report", "judge a model: accuracy, log loss, matrices, the songs it got wrong"
    )
    parser.add_argument("model", nargs="?", help="default: the model in use")
    parser.add_argument(
        "--robust", action="store_true",
        help="also listen to some of your songs softer, band-limited, coded anew, and compare",
    )  # fmt: skip
    parser.add_argument(
        "--behind", nargs=2, metavar=("TRUE", "GUESS"),
        help="list the songs of a genre that were taken for another, with the moments",
    )  # fmt: skip
    add_json_option(parser)


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Print a model's report."""
    from genrefit.cli.behind_output import print_behind
    from genrefit.cli.robustness_output import listen_altered, print_robustness
    from genrefit.judging.collect_next import collect_next
    from genrefit.learning import registry

    name = registry.name_or_in_use(home, arguments.model)
    report = registry.report(home, name)
    if arguments.behind:
        return print_behind(home, name, report, arguments.behind, as_json=arguments.json)
    print_stale_note(home, name)
    advice = collect_next(home, name)
    tested = listen_altered(home, name) if arguments.robust else None
    if arguments.json:
        more = {"next": [each.to_json() for each in advice]}
        print_json(report.to_json() | more | ({"robust": tested.to_json()} if tested else {}))
        return 0
    print_report(report)
    if advice:
        print_line()
        print_line("What to collect next:")
    for each in advice:
        print_line(f"- {each.sentence}")
    if tested:
        print_robustness(tested)
    return 0


def print_report(report: Report) -> None:
    """Print a report: the sentence, the numbers, the matrix, the leak gap, the wrong songs."""
    songs, segments = report.headline("songs"), report.headline("segments")
    print_line(f"{report.model}: {report.pipeline} on {report.features}")
    print_block(report_sentences(report))
    rows = [(name, getattr(songs, key), getattr(segments, key)) for name, key in METRICS.items()]
    print_line()
    print_table(rows, ["of what it never heard", "songs", "segments"])
    print_line()
    by_genre = [
        (name, row.precision, row.recall, row.f1, row.jaccard) for name, row in songs.genres.items()
    ]
    print_table(by_genre, ["genre (songs)", "precision", "recall", "F1", "Jaccard"])
    _print_confusion(report.headline_confusion("songs"), report.genres)
    _print_leak_gap(report)
    _print_voices(report)
    for warning in report.warnings or ():
        print_line()
        print_line(f"note: {warning}")
    _print_wrong_songs(report.mistakes())


def report_sentences(report: Report) -> str:
    """Return a report in plain sentences, of which the first says what was unheard."""
    leading = report.headline()
    text = (
        f"Right for {_accuracy(leading)} of {UNHEARD[report.protocol]}; guessing the biggest "
        f"genre gives {percent(leading.majority)}."
    )
    if report.headline_source() == "validation":
        return text
    number = count(report.splits["validation"].songs, "song")
    return (
        f"{text} Each song was judged once, by a fit that never heard it. On the {number} held "
        f"back from the start, as the seed did: {_accuracy(report.songs)}."
    )


def _accuracy(metrics: LevelMetrics) -> str:
    return percent_with_interval(metrics.accuracy, (metrics.intervals or {}).get("accuracy"))


def _print_confusion(matrix: Sequence[Sequence[float]], genres: Sequence[str]) -> None:
    print_line()
    print_line("Songs: a row is the true genre, a column the guess")
    rows = [
        (genre, *(f"{round(n, 1):g}" for n in row))
        for genre, row in zip(genres, matrix, strict=True)
    ]
    print_table(rows, ["", *genres])


def _print_leak_gap(report: Report) -> None:
    leaky = report.row_protocol
    if report.protocol != "row":
        print_line()
        print_line(
            "Split by rows, as leaky reports are made, the same pipeline would claim "
            f"{percent(leaky['segments'].accuracy)} of segments; honestly it is "
            f"{_accuracy(report.headline('segments'))}."
        )


def _print_voices(report: Report) -> None:
    """Print what names and songs gave, and how many songs it calls unlike all, where known."""
    if report.voices is not None:
        print_line()
        print_block(" ".join(report.voices.sentences))
    found = report.typicality
    if found is not None and found.strangers is not None:
        print_line()
        print_line(
            f"Unlike all of its genres it calls {percent(found.unlike_all)} of their own songs, "
            f"and {percent(found.strangers)} of the songs of a genre that is left out."
        )


def _print_wrong_songs(songs: Sequence[JudgedSong]) -> None:
    if not songs:
        return
    print_line()
    print_line(f"It got {count(len(songs), 'song')} wrong:")
    rows = [(song.title, song.artist, song.truth, song.guess) for song in songs[:SHOWN]]
    print_table(rows, ["title", "artist", "genre", "guess"])
