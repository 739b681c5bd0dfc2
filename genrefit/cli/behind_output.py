"""Prints what is behind a cell of a model's confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from genrefit.cli.output import print_json, print_line
from genrefit.config import Home
from genrefit.errors import ModelError
from genrefit.formatting import clock, count

if TYPE_CHECKING:
    from genrefit.learning.report import Report


def print_behind(
    home: Home, model: str, report: Report, cell: Sequence[str], *, as_json: bool
) -> int:
    """Print the songs with segments of one genre that were taken for another; return 0.

    All songs that were judged out of fold are looked at. ModelError for a genre that is unknown.
    """
    from genrefit.explore.behind_cell import all_judged, in_cell
    from genrefit.learning import registry
    from genrefit.library import open_library

    for genre in cell:
        if genre not in report.genres:
            raise ModelError(
                f"the model {model!r} knows no genre {genre!r}; it knows {', '.join(report.genres)}"
            )
    true, guess = cell
    with open_library(home, create=False) as library:
        songs = {song.song_id: asdict(song) for song in library.songs()}
    judged = all_judged(
        report,
        out_of_fold=registry.out_of_fold(home, model),
        segments=registry.out_of_fold_segments(home, model),
        songs=songs,
    )
    found = in_cell(judged, level="segments", true=true, guess=guess)
    if as_json:
        print_json(
            [
                {"song_id": song.song_id, "title": song.title, "artist": song.artist,
                 "guess": song.guess, "moments": list(moments)}
                for song, moments in found
            ]
        )  # fmt: skip
        return 0
    print_line(f"{count(len(found), 'song')} of {true} with segments taken for {guess}")
    for song, moments in found:
        name = f"{song.artist} - {song.title}" if song.artist else song.title
        print_line(f"  {name}: {', '.join(map(clock, moments))}")
    return 0
