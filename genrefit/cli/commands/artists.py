"""`genrefit artists`: songs of unknown artists, and names that may be one artist."""

from __future__ import annotations

import argparse

from genrefit.cli.output import SHOWN, print_json, print_note, print_table
from genrefit.cli.parsing import Commands, add_json_option
from genrefit.config import Home
from genrefit.formatting import count


def add_parser(commands: Commands) -> None:
    """Add the verb and its action."""
    artists = commands.add("artists", "list unknown artists, and names that may be one artist")
    add_json_option(artists)
    actions = Commands(artists, dest="action", metavar="ACTION", required=False)
    rename = actions.add("rename", "give all songs of an artist another name")
    rename.add_argument("name")
    rename.add_argument("new")


def run(home: Home, arguments: argparse.Namespace) -> int:
    """List artists to check, or rename one."""
    from genrefit.library import open_library

    with open_library(home, create=False) as library:
        if arguments.action == "rename":
            renamed = library.rename_artist(arguments.name, arguments.new)
            print_note(f"{count(renamed, 'song')} by {arguments.new} now (genrefit undo)")
            return 0
        nobody, alike = library.songs_of_nobody(), library.alike_artists()
    if arguments.json:
        unknown = [
            {"song_id": s.song_id, "title": s.title, "genres": list(s.genres)} for s in nobody
        ]
        print_json({"unknown": unknown, "alike": [pair.to_json() for pair in alike]})
        return 0
    if nobody:
        print_table(
            [(s.song_id, s.title, ", ".join(s.genres)) for s in nobody[:SHOWN]],
            ["id", "title", "genres"],
        )
    print_note(f"{count(len(nobody), 'song')} by an unknown artist")
    if alike:
        print_table([(*p.names, sum(p.songs), p.why) for p in alike[:SHOWN]],
                    ["artist", "and", "songs", "why"])  # fmt: skip
    print_note(
        f"{count(len(alike), 'pair')} of names that may be one artist"
        + (" (genrefit artists rename NAME NEW)" if alike else "")
    )
    return 0
