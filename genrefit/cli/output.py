"""What the command line shows: progress on standard error, plain tables on standard output."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from genrefit.records import Progress

LINE_SECONDS = 5.0
"""Where standard error is no terminal, progress comes as a line so often."""
SHOWN = 40
"""Rows of a table on a terminal; --json, --csv and --m3u give all."""


@contextmanager
def progress() -> Iterator[Callable[[Progress], None]]:
    """Yield a function that shows progress: one line rewritten on a terminal, else now and then."""
    live = sys.stderr.isatty()
    at, shown = 0.0, ""

    def show(step: Progress) -> None:
        nonlocal at, shown
        now = time.monotonic()
        if now - at < (0.1 if live else LINE_SECONDS) and step.done < step.total:
            return
        text = progress_line(step)
        if text == shown:
            return
        at, shown = now, text
        sys.stderr.write(f"\r\x1b[2K{text[:119]}" if live else f"{text}\n")
        sys.stderr.flush()

    try:
        yield show
    finally:
        if live and shown:
            sys.stderr.write("\n")


def progress_line(step: Progress) -> str:
    """Return a progress as one line: stage, done of total, failed, rate, time left, note."""
    parts = [f"{step.stage}: {step.done:,} of {step.total:,}" if step.total else step.stage]
    if step.failed:
        parts.append(f"{step.failed:,} failed")
    if step.per_minute:
        parts.append(f"{step.per_minute:.0f} songs a minute")
    if step.left_seconds is not None:
        parts.append(f"{duration(step.left_seconds)} left")
    if step.note:
        parts.append(step.note)
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """Return a length of time in words: 45 s, 3 min 20 s, 2 h 5 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def table(rows: Sequence[Sequence[object]], head: Sequence[str]) -> None:
    """Print rows under a head; numbers stand right, long texts are cut."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(head[i]), *(len(row[i]) for row in cells), 0) for i in range(len(head))]
    right = [all(isinstance(row[i], int | float) for row in rows) for i in range(len(head))]
    for line in [list(head), *cells]:
        padded = [
            text.rjust(width) if numeric else text.ljust(width)
            for text, width, numeric in zip(line, widths, right, strict=True)
        ]
        print("  ".join(padded).rstrip())


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}"
    text = str(value)
    return text if len(text) <= 48 else text[:47] + "…"


def percent(value: float) -> str:
    """Return a share as a percentage."""
    return f"{100 * value:.0f} %"


def sure(value: float, interval: Sequence[float] | None) -> str:
    """Return a share with its interval: "82 % (77 to 87)"."""
    if not interval:
        return percent(value)
    return f"{percent(value)} ({100 * interval[0]:.0f} to {100 * interval[1]:.0f})"


def collected(result: Any, failed: Sequence[Mapping[str, Any]]) -> None:
    """Print the end of a collection: how many, what to know, failures grouped by reason."""
    print(
        f"{result.done:,} songs collected, {result.failed:,} failed, {result.skipped:,} left as "
        f"they were; {duration(result.seconds)}"
    )
    for sentence in result.problems:
        print(f"  {sentence}")
    if not failed:
        return
    print(f"{len(failed):,} could not be collected so far:")
    reasons = Counter((failure["reason"], failure["retry"]) for failure in failed)
    for (reason, retry), count in reasons.most_common(SHOWN):
        print(f"  {count:,} x {reason}" + ("" if retry else " (a retry will not help)"))
    if any(retry for _, retry in reasons):
        print("  genrefit collect --retry-failed tries again what may pass")


def library(found: Mapping[str, Any]) -> None:
    """Print the library's counts."""
    print(f"{found['songs']:,} songs, {found['segments']:,} segments")
    table(list(found["genres"].items()), ["genre", "songs"])
    if found["failed"]:
        print(f"\n{len(found['failed']):,} failed:")
        table([(f["source"], f["reason"]) for f in found["failed"][:SHOWN]], ["source", "reason"])


def models(found: Sequence[Mapping[str, Any]]) -> None:
    """Print the models, the one in use marked."""
    if not found:
        print("no models yet: genrefit train makes one")
        return
    rows = [
        (
            "*" if card["in_use"] else "",
            card["name"],
            card.get("features"),
            card.get("pipeline"),
            card.get("error") or ", ".join(card["genres"]),
        )
        for card in found
    ]
    table(rows, ["", "model", "features", "pipeline", "genres"])
    print("* in use")


def report(found: Mapping[str, Any]) -> None:
    """Print a judgement: the sentence, the numbers, the matrix, the gap, the wrong songs."""
    songs, segments = found["songs"], found["segments"]
    print(f"{found['model']}: {found['pipeline']} on {found['features']}")
    print(verdict(found))
    rows = [
        (name, songs[key], segments[key])
        for name, key in (
            ("accuracy", "accuracy"),
            ("balanced accuracy", "balanced_accuracy"),
            ("log loss", "log_loss"),
            ("Jaccard, macro", "jaccard_macro"),
            ("calibration error", "ece"),
            ("guessing the biggest genre", "majority"),
        )
    ]
    print()
    table(rows, ["on the songs held back", "songs", "segments"])
    print()
    per_genre = [
        (name, g["precision"], g["recall"], g["f1"], g["jaccard"])
        for name, g in songs["genres"].items()
    ]
    table(per_genre, ["genre (songs)", "precision", "recall", "F1", "Jaccard"])
    print("\nSongs: a row is the true genre, a column the guess")
    matrix = found["confusion"]["songs"]
    rows = [
        (name, *(round(n, 1) for n in row))
        for name, row in zip(found["genres"], matrix, strict=True)
    ]
    table([(r[0], *(f"{n:g}" for n in r[1:])) for r in rows], ["", *found["genres"]])
    _leak(found)
    for warning in found.get("warnings", []):
        print(f"\nnote: {warning}")
    if found["wrong"]:
        print(f"\nIt got {len(found['wrong'])} songs wrong:")
        wrong = [
            (w["title"], w["artist"], _genres(w["truth"]), w["guess"])
            for w in found["wrong"][:SHOWN]
        ]
        table(wrong, ["title", "artist", "genre", "guess"])


def _genres(truth: object) -> str:
    return truth if isinstance(truth, str) else ", ".join(truth)  # type: ignore[arg-type]


def verdict(found: Mapping[str, Any]) -> str:
    """Return a judgement in plain sentences, of which the first says what was unheard; it is over
    all songs where those held back for validation are too few to tell."""
    from genrefit.learning import metrics  # it needs pandas: the other verbs start faster without

    held = found["songs"]
    every = found.get("cross_validated", {}).get("songs")
    few = metrics.leading(found) == "cross_validated"
    songs = every if few else held
    unheard = {
        "artist": "songs by artists it has never heard",
        "song": "songs it has never heard (their artists it may have)",
        "row": "songs whose other segments it has heard: a leaky protocol, no measure of new songs",
    }[found["protocol"]]
    text = (
        f"Right for {_accuracy(songs)} of {unheard}; guessing the biggest genre gives "
        f"{percent(songs['majority'])}."
    )
    if few:
        judged = found["splits"]["validation"]["songs"]
        return f"{text} On the {judged:,} songs held back alone: {_accuracy(held)}."
    if every and found["protocol"] != "row":
        return (
            f"{text} Over all songs, each judged by a fit that never heard it: {_accuracy(every)}."
        )
    return text


def _accuracy(songs: Mapping[str, Any]) -> str:
    return sure(songs["accuracy"], songs.get("intervals", {}).get("accuracy"))


def _leak(found: Mapping[str, Any]) -> None:
    leaky = found.get("row_protocol")
    if leaky and found["protocol"] != "row":
        claimed = percent(leaky["segments"]["accuracy"])
        honest = _accuracy(found["segments"])
        print(
            "\nSplit by rows, as leaky reports are made, the same pipeline would claim "
            f"{claimed} of segments; honestly it is {honest}."
        )


def scored(result: Any) -> None:
    """Print one scored song."""
    if hasattr(result, "reason"):
        print(f"{result.source}\n  not scored: {result.reason}")
        return
    by = f"{result.artist} - {result.title}" if result.artist else result.title
    print(f"{by}  ({duration(result.seconds)}, by {result.model})")
    if result.fit is not None:
        print(f"  fit {result.fit:.2f}")
    # The general ear has no songs of its own to be typical of; it gives its tags' activation.
    measure = "activation" if result.model == "tags" else "typicality"
    for genre, p in sorted(result.likelihoods.items(), key=lambda item: -item[1]):
        typical = result.typicality[genre]
        print(f"  {genre:<20} {percent(p):>5}  {'█' * round(20 * p):<20}  {measure} {typical:.2f}")
    if result.unlike_all:
        print("  unlike everything in your playlists: take the likelihoods with care")
    if result.sounds_like:
        top = sorted(result.sounds_like.items(), key=lambda item: -item[1])[:5]
        print("  sounds like: " + ", ".join(f"{tag} {percent(p)}" for tag, p in top))


def hits(found: Sequence[Any]) -> None:
    """Print ranked songs with each term's contribution."""
    if not found:
        print("no song fits; lower --least, or collect more songs")
        return
    labels = list(found[0].terms)
    rows = [
        (hit.fit, hit.artist, hit.title, *(float(hit.terms[label]) for label in labels))
        for hit in found[:SHOWN]
    ]
    table(rows, ["fit", "artist", "title", *labels])
    if len(found) > SHOWN:
        print(f"... and {len(found) - SHOWN:,} more (--top, --json, --csv or --m3u give them)")


def doctor(found: Mapping[str, Any]) -> None:
    """Print what is here and what is missing."""
    for check in found["checks"]:
        mark = "ok " if check["well"] else ("!! " if check["needed"] else "-  ")
        print(f"{mark} {check['what']}: {check['found']}")
        if not check["well"] and check["mend"]:
            print(f"     {check['mend']}")
