"""`genrefit copies`: songs that are copies of one recording, and what to do with them."""

from __future__ import annotations

import argparse

from genrefit.cli.output import SHOWN, print_json, print_note, print_table
from genrefit.cli.parsing import Commands, add_json_option
from genrefit.config import Home
from genrefit.formatting import count


def add_parser(commands: Commands) -> None:
    """Add the verb and its options."""
    parser = commands.add(
        "copies", "list copies of one recording, whatever they are called; keep one or all"
    )
    act = parser.add_mutually_exclusive_group()
    act.add_argument("--keep", metavar="SONG", help="keep this copy (its id), remove its others")
    act.add_argument(
        "--merge", metavar="SONG", help="the same, and put it in the genres of all its copies"
    )
    act.add_argument("--keep-all", metavar="SONG", help="let all copies of it stay")
    parser.add_argument("--all", action="store_true", help="list also those that are to stay")
    add_json_option(parser)


def run(home: Home, arguments: argparse.Namespace) -> int:
    """List copies, or keep one or all of a recording."""
    from genrefit.library import open_library

    with open_library(home, create=False) as library:
        if chosen := arguments.keep or arguments.merge:
            removed = library.keep_copy(chosen, all_labels=bool(arguments.merge))
            kept = library.song(chosen)
            copies = "1 copy" if len(removed) == 1 else f"{len(removed)} copies"
            print_note(
                f"kept {kept.title!r} in {' and '.join(kept.genres) or 'no genre'}, removed "
                f"{copies} (genrefit undo brings them back)"
            )
            return 0
        if arguments.keep_all:
            group = library.keep_all_copies(arguments.keep_all)
            print_note(
                f"all {len(group.songs)} copies of {group.songs[0].title!r} stay; a model is "
                "never tested on one after it learned another"
            )
            return 0
        groups = library.copy_groups(kept=arguments.all)
    if arguments.json:
        print_json([group.to_json() for group in groups])
        return 0
    rows = [
        (number, song.song_id, song.title, song.artist, ", ".join(song.genres))
        for number, group in enumerate(groups[:SHOWN], start=1)
        for song in group.songs
    ]
    if rows:
        print_table(rows, ["", "id", "title", "artist", "genres"])
    differing = sum(group.differ for group in groups)
    print_note(
        f"{count(len(groups), 'recording')} in more than one copy, {differing} of them under "
        "different genres"
        + (" (genrefit copies --keep ID, --merge ID or --keep-all ID)" if groups else "")
    )
    return 0
