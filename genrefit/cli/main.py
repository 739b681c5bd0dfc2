"""The command line: one parser, one place that catches errors.

Exit codes: 0 done, 1 the user's to mend, 2 wrong usage, 3 a bug. What is asked for goes to
standard output; progress and notes go to standard error.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence

from genrefit import __version__, config
from genrefit.errors import GenrefitError

EPILOG = "The home (genres, library, models) is --home, else GENREFIT_HOME, else the checkout."


def parser() -> argparse.ArgumentParser:
    """Return the whole parser; every verb's function stands in genrefit/verbs.py."""
    top = argparse.ArgumentParser(
        prog="genrefit",
        description="Learn your genres from playlists; tell how well any song fits them.",
        epilog=EPILOG,
    )
    top.add_argument("--version", action="version", version=f"genrefit {__version__}")
    top.add_argument("--home", metavar="DIR", help="the home folder")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--home", metavar="DIR", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)

    def verb(name: str, what: str, **more: object) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=what, description=what, parents=[common], **more)  # type: ignore[arg-type]

    _define(verb, common)
    _learn(verb, common)
    _answer(verb)
    _serve(verb)
    return top


def _json(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="print JSON with stable keys")


def _define(verb, common) -> None:  # type: ignore[no-untyped-def]
    genres = verb("genres", "define genres and where their songs come from")
    actions = genres.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="add a genre, or sources to one", parents=[common])
    add.add_argument("name")
    add.add_argument("source", nargs="*", help="a URL, folder, file or playlist file")
    remove = actions.add_parser("remove", help="remove a genre or a source", parents=[common])
    remove.add_argument("name")
    remove.add_argument("source", nargs="?", help="only this source")
    remove.add_argument("--songs", action="store_true", help="forget its collected songs too")
    rename = actions.add_parser("rename", help="rename a genre, songs included", parents=[common])
    rename.add_argument("name")
    rename.add_argument("new")
    _json(actions.add_parser("list", help="list genres and their sources", parents=[common]))
    actions.add_parser("example", help="add ten well-known genres", parents=[common])

    collect = verb(
        "collect", "fetch the songs of your genres, keep their features, erase the audio"
    )
    collect.add_argument("--genre", action="append", help="only this genre (repeatable)")
    collect.add_argument(
        "--features", action="append", metavar="SET", help="only this feature set (repeatable)"
    )
    collect.add_argument("--jobs", type=_positive, help="songs at once (default: all cores)")
    collect.add_argument("--retry-failed", action="store_true", help="try just the failed ones")
    collect.add_argument(
        "--refresh", action="store_true", help="fetch songs again that lack a feature set"
    )
    collect.add_argument(
        "--let-back-in", action="store_true", help="collect songs too that you removed or moved"
    )
    collect.add_argument("--pause", type=float, metavar="SECONDS", help="between downloads")
    collect.add_argument("--deadline", type=float, metavar="SECONDS", help="for one download")
    collect.add_argument("--longest", type=float, metavar="MINUTES", help="skip longer songs")
    collect.add_argument("--most-mb", type=float, metavar="MB", help="skip larger downloads")
    _json(collect)

    _json(verb("library", "count what is collected, and what failed and why"))
    importing = verb("import", "take segments from a JSON lines file (.gz or plain)")
    importing.add_argument("file")
    _json(importing)
    exporting = verb("export", "write all segments as JSON lines, CSV or Parquet")
    exporting.add_argument("file", help="its name tells the form: .jsonl, .csv or .parquet")
    exporting.add_argument("--features", metavar="SET", help="which feature set")


def _learn(verb, common) -> None:  # type: ignore[no-untyped-def]
    train = verb("train", "learn a model from the library and judge it on unheard artists")
    train.add_argument("--genre", action="append", help="only this genre (repeatable)")
    train.add_argument("--features", metavar="SET", help="feature set (default: the best there is)")
    train.add_argument("--drop", action="append", metavar="COLUMN", help="leave out a feature")
    train.add_argument(
        "--model", "--pipeline", dest="pipeline", default="auto", metavar="PIPELINE",
        help="auto (default), logistic, svm, svm-drop or boosted",
    )  # fmt: skip
    train.add_argument(
        "--protocol", default="artist", choices=["artist", "song", "row"],
        help="what a split never parts: artist (default), song, or nothing (row: leaky)",
    )  # fmt: skip
    train.add_argument("--grid", action="store_true", help="search the pipeline's parameters")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--name", help="the model's name (default: a readable one)")
    train.add_argument("--replace", action="store_true", help="replace a model of that name")
    train.add_argument("--jobs", type=_positive, help="processes (default: all cores)")
    _json(train)

    models = verb("models", "list, choose, rename or delete models")
    actions = models.add_subparsers(dest="action", metavar="ACTION")
    _json(models)
    for name, what in (("use", "answer with this model from now on"), ("delete", "delete a model")):
        actions.add_parser(name, help=what, parents=[common]).add_argument("name")
    rename = actions.add_parser("rename", help="rename a model", parents=[common])
    rename.add_argument("name")
    rename.add_argument("new")

    report = verb("report", "judge a model: accuracy, log loss, matrices, the songs it got wrong")
    report.add_argument("model", nargs="?", help="default: the model in use")
    _json(report)


def _answer(verb) -> None:  # type: ignore[no-untyped-def]
    score = verb("score", "tell how well songs fit your genres")
    score.add_argument("input", nargs="+", help="files, folders, playlists or URLs")
    score.add_argument("--model", help="default: the model in use")
    score.add_argument("--query", help="also give this query's fit")
    score.add_argument("--csv", action="store_true", help="print a CSV table")
    _json(score)

    find = verb("find", 'rank your songs by a query such as "country but not hip hop"')
    find.add_argument("query", nargs="?")
    find.add_argument("--model", help="default: the model in use")
    find.add_argument("--top", type=_positive, help="at most so many songs")
    find.add_argument("--least", type=float, default=0.0, metavar="FIT", help="least fit, 0 to 1")
    find.add_argument("--csv", action="store_true", help="print a CSV table")
    find.add_argument("--m3u", action="store_true", help="print a playlist")
    find.add_argument("--situation", metavar="NAME", help="use a saved query, or save this one")
    find.add_argument("--language", action="store_true", help="explain the query language")
    _json(find)


def _serve(verb) -> None:  # type: ignore[no-untyped-def]
    app = verb("app", "open the dashboard")
    app.add_argument("--port", type=_positive, default=8501)
    app.add_argument("--no-browser", action="store_true", help="do not open a browser")
    demo = verb("demo", "make a small home of synthetic songs, to look around in")
    demo.add_argument("--seed", type=int, default=0)
    verb("ear", "fetch the pretrained ear (29 MB, once)")
    _json(verb("doctor", "say what is here, what is missing, and what to do"))


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return the exit code."""
    asked = parser().parse_args(arguments)
    if asked.home:
        # Workers and the ear look the home up in the environment.
        os.environ["GENREFIT_HOME"] = str(config.home(asked.home).path)
    try:
        from genrefit.cli import verbs

        return verbs.VERBS[asked.verb](config.home(), asked)
    except GenrefitError as error:
        print(f"genrefit: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ngenrefit: stopped; what was finished is kept", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:  # noqa: BLE001 - the one place where a bug becomes exit code 3
        traceback.print_exc()
        print("genrefit: this is a bug in genrefit; the lines above tell where", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main())
