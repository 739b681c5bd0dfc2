"""`genrefit genres`: define genres and where their songs come from."""

from __future__ import annotations

import argparse

from genrefit.cli.output import print_json, print_note
from genrefit.cli.parsing import Commands, add_json_option, resolved
from genrefit.config import Home
from genrefit.formatting import count


def add_parser(commands: Commands) -> None:
    """Add the verb and its actions."""
    genres = commands.add("genres", "define genres and where their songs come from")
    actions = Commands(genres, dest="action", metavar="ACTION", required=True)
    add = actions.add("add", "add a genre, or sources to one")
    add.add_argument("name")
    add.add_argument("source", nargs="*", help="a URL, folder, file or playlist file")
    remove = actions.add("remove", "remove a genre or a source")
    remove.add_argument("name")
    remove.add_argument("source", nargs="?", help="only this source")
    remove.add_argument("--songs", action="store_true", help="forget its collected songs too")
    rename = actions.add("rename", "rename a genre, songs included")
    rename.add_argument("name")
    rename.add_argument("new")
    add_json_option(actions.add("list", "list genres and their sources"))
    actions.add("example", "add ten well-known genres")


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Add, remove, rename or list genres."""
    action = {
        "add": _add,
        "remove": _remove,
        "rename": _rename,
        "list": _list,
        "example": _add_examples,
    }[arguments.action]
    action(home, arguments)
    return 0


def _add(home: Home, arguments: argparse.Namespace) -> None:
    from genrefit.library import genres

    sources = [resolved(source) for source in arguments.source]
    genre = genres.add(home, arguments.name, sources)
    print_note(f"{genre.name}: {count(len(genre.sources), 'source')}. Next: genrefit collect")
    if any("://" in source for source in sources):
        print_note(genres.TERMS)


def _remove(home: Home, arguments: argparse.Namespace) -> None:
    from genrefit.library import genres

    if arguments.source:
        name = genres.find(genres.read(home), arguments.name).name
        known = genres.read(home)[name].sources
        source = arguments.source if arguments.source in known else resolved(arguments.source)
        genres.remove_source(home, name, source)
        print_note(f"{name}: {source} removed; its songs stay in the library")
        return
    if arguments.songs:
        genre, removed = genres.remove_with_songs(home, arguments.name)
        print_note(f"{genre.name} removed, with {count(removed, 'song')} that no other genre has")
    else:
        genre = genres.remove(home, arguments.name)
        print_note(
            f"{genre.name} removed; its songs stay in the library (--songs forgets them too)"
        )


def _rename(home: Home, arguments: argparse.Namespace) -> None:
    from genrefit.library import genres

    old, new = genres.rename(home, arguments.name, arguments.new)
    print_note(f"{old} is {new} now; models trained before keep the old name")


def _list(home: Home, arguments: argparse.Namespace) -> None:
    from genrefit.library import genres

    defined = genres.read(home)
    if arguments.json:
        print_json({genre.name: list(genre.sources) for genre in defined.values()})
    elif not defined:
        print_note(
            "no genres yet: genrefit genres add NAME URL-OR-FOLDER, or genrefit genres example"
        )
    else:
        for genre in defined.values():
            print(genre.name)
            for source in genre.sources:
                print(f"  {source}")


def _add_examples(home: Home, arguments: argparse.Namespace) -> None:
    from genrefit.library import genres

    for genre in genres.example().values():
        genres.add(home, genre.name, genre.sources)
    print_note(f"ten genres added. {genres.TERMS} Next: genrefit collect")
