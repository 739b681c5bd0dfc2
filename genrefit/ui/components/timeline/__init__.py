"""A song moment by moment: what each segment sounds like, with the sound that belongs to it.

    timeline.show(song.timeline, seconds=song.seconds, colours=..., key="song-3", label="My Song",
                  sound=timeline.Sound("/music/song.mp3", "audio/mpeg"))

A component of our own, of plain JavaScript and SVG. It drives the player that st.audio makes, which
ui.layout hides: the browser fetches the sound from this server, in parts, as it plays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from genrefit.config import SEGMENT_SECONDS
from genrefit.formatting import count
from genrefit.plots.colours import NEUTRAL

FOLDER = Path(__file__).parent
MOST_GENRES = 12
"""So many genres are drawn, of more the likeliest: colours come again after these."""
SLIGHT = 0.01
"""Of many genres, one that has less than this in every segment is drawn with the others."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What is played: the bytes or the path of an audio file, and its MIME type."""

    data: bytes | str
    mime: str


def show(
    timeline: Sequence[Mapping[str, Any]],
    *,
    seconds: float,
    colours: Mapping[str, str],
    key: str,
    label: str,
    sound: Sound | None = None,
    marked: Sequence[float] = (),
    play_from: float | None = None,
    token: str | None = None,
) -> None:
    """Show likelihoods over time, with a playhead; `timeline` is that of a scored song.

    `colours` are those of the genres. The segments that begin at `marked` are outlined, and a
    button each plays from there. A `token` that was not shown before plays from `play_from`.
    """
    player = f"sound-{key}"
    if sound is not None:
        with st.container(key=player):
            st.audio(sound.data, format=sound.mime, alt=f"Player of {label}")
    content = drawn(timeline, seconds=seconds, colours=colours, marked=marked)
    _component()(
        key=f"timeline-{key}",
        data=content
        | {
            "label": f"{label}, moment by moment",
            "sound": f"st-key-{player}" if sound is not None else None,
            "start": play_from or 0.0,
            "token": token,
        },
    )


def drawn(
    timeline: Sequence[Mapping[str, Any]],
    *,
    seconds: float,
    colours: Mapping[str, str],
    marked: Sequence[float] = (),
) -> dict[str, Any]:
    """Return what the component draws: genres with colours, segments with shares in percent.

    Genres that say little are one, the others, so that the shares of a segment sum to 100.
    """
    names = genres_to_draw([segment["likelihoods"] for segment in timeline])
    rest = len(timeline[0]["likelihoods"]) - len(names) if timeline else 0
    genres = [{"name": name, "colour": colours[name]} for name in names]
    if rest:
        genres.append({"name": count(rest, "other"), "colour": NEUTRAL})
    ends = [float(s["start"]) + SEGMENT_SECONDS for s in timeline]
    length = max(seconds, ends[-1] - SEGMENT_SECONDS if ends else 0.0) or SEGMENT_SECONDS
    segments = []
    for segment, end in zip(timeline, ends, strict=True):
        shares = [round(100 * segment["likelihoods"][name], 2) for name in names]
        shares += [round(max(0.0, 100 - sum(shares)), 2)] if rest else []
        segments.append({"start": float(segment["start"]), "end": min(end, length),
                         "shares": shares})  # fmt: skip
    return {
        "seconds": length,
        "genres": genres,
        "segments": segments,
        "marked": list(marked),
        "moments": list(marked),
    }


def genres_to_draw(likelihoods: Sequence[Mapping[str, float]]) -> list[str]:
    """Return the genres that say something in some segment, in the order that the model has."""
    if not likelihoods:
        return []
    if len(likelihoods[0]) <= MOST_GENRES:
        return list(likelihoods[0])
    most = {genre: max(p[genre] for p in likelihoods) for genre in likelihoods[0]}
    ranked = sorted(most, key=lambda genre: -most[genre])[:MOST_GENRES]
    said = {genre for genre in ranked if most[genre] >= SLIGHT} or set(ranked[:1])
    return [genre for genre in most if genre in said]


def _component() -> Any:
    # Known by name to the running server: told again to each, it stays the same.
    return st.components.v2.component(
        "genrefit.timeline",
        html='<div class="timeline"></div>',
        css=_text("timeline.css"),
        js=_text("timeline.js"),
    )


@cache
def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
