"""`genrefit labels`: labels that are doubted, and saying what is right."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from genrefit.cli.output import SHOWN, print_json, print_note, print_table
from genrefit.cli.parsing import Commands, add_json_option, positive
from genrefit.config import Home
from genrefit.formatting import count

if TYPE_CHECKING:
    from genrefit.library import Library

CHANGES = {
    "is": "say that a song is of these genres and no other; it is not asked about again",
    "right": "say that a song's labels are right; they are not asked about again",
    "both": "say that a song is of this genre too, and right otherwise",
}


def add_parser(commands: Commands) -> None:
    """Add the verb and its actions."""
    labels = commands.add("labels", "list labels that are doubted, and say what is right")
    labels.add_argument("--features", help="compare by this feature set (default: the best there)")
    labels.add_argument("--most", type=positive, metavar="N", help="the most doubtful N")
    add_json_option(labels)
    actions = Commands(labels, dest="action", metavar="ACTION", required=False)
    for name, what in CHANGES.items():
        action = actions.add(name, what)
        action.add_argument("song", help="its id, or its name or a part that no other has")
        if name != "right":
            action.add_argument("genre", nargs="+" if name == "is" else 1)


def run(home: Home, arguments: argparse.Namespace) -> int:
    """List doubted labels, or settle those of a song."""
    from genrefit.library import open_library

    with open_library(home, create=False) as library:
        if arguments.action is None:
            _list(home, library, arguments)
            return 0
        song = library.find_song(arguments.song)
        genres = [library.known_genre(g) for g in getattr(arguments, "genre", ())]
        if arguments.action != "is":
            genres = [*song.genres, *genres]
        library.settle_labels(song.song_id, genres)
        print_note(f"{song.title!r} is {' and '.join(dict.fromkeys(genres))} (genrefit undo)")
    return 0


def _list(home: Home, library: Library, arguments: argparse.Namespace) -> None:
    from genrefit import explore

    queue = explore.label_queue(
        home,
        library,
        features=arguments.features,
        most=arguments.most,
        near=3 if arguments.json else 0,
    )
    if arguments.json:
        print_json([label.to_json() for label in queue])
        return
    rows = [
        (label.song_id, label.title, " and ".join(label.genres), label.other, label.doubt)
        for label in queue[:SHOWN]
    ]
    if rows:
        print_table(rows, ["id", "title", "labelled", "sounds like", "doubt"])
    print_note(
        f"{count(len(queue), 'label')} to check"
        + (": genrefit labels right ID, labels is ID GENRE, labels both ID GENRE" if rows else "")
    )
