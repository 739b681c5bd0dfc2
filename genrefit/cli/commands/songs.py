"""`genrefit songs`: list the library's songs, and say which genres they are in."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from genrefit.cli.output import SHOWN, print_json, print_note, print_table
from genrefit.cli.parsing import Commands, add_json_option
from genrefit.config import Home
from genrefit.formatting import count

if TYPE_CHECKING:
    from genrefit.library import Library

ACTIONS = {
    "move": "put songs in a genre, out of every other",
    "add": "put songs in a genre too",
    "out": "take songs out of a genre; they stay in the library",
}


def add_parser(commands: Commands) -> None:
    """Add the verb and its actions."""
    songs = commands.add("songs", "list songs, and move them between genres or remove them")
    actions = Commands(songs, dest="action", metavar="ACTION", required=True)
    listed = actions.add("list", "list songs with their ids and genres")
    listed.add_argument("text", nargs="?", help="only those whose name holds this")
    listed.add_argument("--genre", help="only songs of this genre")
    add_json_option(listed)
    song_help = "its id, or its name (Artist - Title) or a part that no other has"
    for name, what in ACTIONS.items():
        action = actions.add(name, what)
        action.add_argument("genre")
        action.add_argument("song", nargs="+", help=song_help)
    remove = actions.add("remove", "forget songs, and keep them out of later collections")
    remove.add_argument("song", nargs="+", help=song_help)


def run(home: Home, arguments: argparse.Namespace) -> int:
    """List or change songs."""
    from genrefit.library import open_library

    with open_library(home, create=False) as library:
        if arguments.action == "list":
            _list(library, arguments)
            return 0
        ids = [library.find_song(text).song_id for text in arguments.song]
        if arguments.action == "remove":
            library.remove_songs(ids)
        else:
            genre = library.known_genre(arguments.genre)
            if arguments.action == "out":
                library.take_out(ids, genre)
            else:
                library.put_in_genre(ids, genre, alone=arguments.action == "move")
        change = library.last_change()
        print_note(f"{change.what if change else 'nothing changed'} (genrefit undo takes it back)")
    return 0


def _list(library: Library, arguments: argparse.Namespace) -> None:
    songs = library.songs()
    if arguments.genre is not None:
        genre = library.known_genre(arguments.genre)
        songs = [song for song in songs if genre in song.genres]
    if arguments.text:
        songs = [song for song in songs if arguments.text.casefold() in song.name.casefold()]
    if arguments.json:
        print_json(
            [
                {
                    "song_id": song.song_id,
                    "title": song.title,
                    "artist": song.artist,
                    "genres": list(song.genres),
                    "address": song.address,
                }
                for song in songs
            ]
        )
        return
    rows = [(song.song_id, song.name, ", ".join(song.genres)) for song in songs[:SHOWN]]
    print_table(rows, ["id", "song", "genres"])
    if len(songs) > SHOWN:
        print_note(f"{count(len(songs) - SHOWN, 'more song')}; --json gives all")
