"""`genrefit genres`: define genres and where their songs come from."""

from __future__ import annotations

import argparse

from genrefit.cli.output import print_block, print_json, print_line, print_note
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
    like = actions.add("like", "show or say what genres sound like to the pretrained ears")
    like.add_argument("name", nargs="?", help="default: show all genres")
    like.add_argument("tag", nargs="*", help="what it sounds like: tags, or a well-known genre")
    like.add_argument("--reset", action="store_true", help="take it for what its name says again")
    like.add_argument("--nothing", action="store_true", help="take its name for nothing")
    like.add_argument("--tags", action="store_true", help="list the tags that there are")
    add_json_option(like)
    add_json_option(actions.add("list", "list genres and their sources"))
    actions.add("example", "add ten well-known genres")


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Add, remove, rename or list genres, or say what they sound like."""
    action = {
        "add": _add,
        "remove": _remove,
        "rename": _rename,
        "like": _like,
        "list": _list,
        "example": _add_examples,
    }[arguments.action]
    action(home, arguments)
    return 0


def _add(home: Home, arguments: argparse.Namespace) -> None:
    from genrefit.features import ear_is_ready
    from genrefit.learning.likeness import likeness
    from genrefit.library import genres
    from genrefit.library.shared_sources import shared_sources

    sources = [resolved(source) for source in arguments.source]
    for sentence in shared_sources(genres.read(home), arguments.name, sources):
        print_note(f"Note: {sentence}")
    genre = genres.add(home, arguments.name, sources)
    print_note(f"{genre.name}: {count(len(genre.sources), 'source')}; {likeness(genre).sentence}")
    if genre.sources:
        print_note("Next: genrefit collect")
    elif ear_is_ready(home) and len(genres.read(home)) > 1:
        print_note("Next: give it songs, or ask by the names alone: genrefit score SONG")
    else:
        print_note("Next: give it songs (a folder or an address), or name another genre")
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
        print_note(
            f"{genre.name} removed, with {count(removed, 'song')} that no other genre has "
            "(genrefit undo brings them back)"
        )
    else:
        genre = genres.remove(home, arguments.name)
        print_note(
            f"{genre.name} removed; its songs stay in the library (--songs forgets them too)"
        )


def _rename(home: Home, arguments: argparse.Namespace) -> None:
    from genrefit import history

    old, new = history.rename_genre(home, arguments.name, arguments.new)
    print_note(f"{old} is {new} now")


def _like(home: Home, arguments: argparse.Namespace) -> None:
    from genrefit.errors import GenreError
    from genrefit.learning.likeness import likeness, say_like
    from genrefit.learning.name_table import known_tags
    from genrefit.library import genres

    given = [bool(arguments.tag), arguments.reset, arguments.nothing]
    if arguments.tags:
        print_block("\n".join(known_tags()))
        return
    if any(given):
        if sum(given) > 1 or arguments.name is None:
            raise GenreError("give a genre, and either its tags, or --reset, or --nothing")
        words = None if arguments.reset else arguments.tag
        shown = [say_like(home, arguments.name, words)]
    else:
        known = genres.read(home)
        named = known.values() if arguments.name is None else [genres.find(known, arguments.name)]
        shown = [likeness(genre) for genre in named]
    if arguments.json:
        print_json({like.genre: {"like": list(like.tags), "chosen": like.chosen} for like in shown})
    else:
        for like in shown:
            by = " (as you said)" if like.chosen else ""
            print_line(f"{like.genre}: {like.sentence}{by}")


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
            print_line(genre.name)
            for source in genre.sources:
                print_line(f"  {source}")


def _add_examples(home: Home, arguments: argparse.Namespace) -> None:
    from genrefit.library import genres

    for genre in genres.example().values():
        genres.add(home, genre.name, genre.sources)
    print_note(f"ten genres added. {genres.TERMS} Next: genrefit collect")
