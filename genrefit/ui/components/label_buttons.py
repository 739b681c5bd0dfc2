"""The buttons that settle a song's labels: make it another genre, keep, both, remove.

    label_buttons.show(home, song, other="rock", key="cell")

They stand in the queue of labels to check and behind a cell of a matrix. What a button does is one
change in the history and can be undone; the page is run anew with a line that says what was done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from genrefit.config import Home
from genrefit.ui.layout import escape, rerun_with_message
from genrefit.ui.page_run import open_once


def show(
    home: Home,
    song: Mapping[Any, Any],
    *,
    other: str,
    key: str,
    later: Callable[[], None] | None = None,
    after: Callable[[], None] | None = None,
    shortcuts: bool = False,
) -> None:
    """Show the buttons of a song (a row of cache.songs) that sounds like the genre `other`.

    With `later` there is a button for it too. `after` is called when a label was settled. With
    `shortcuts` the keys 1 to 5 are the buttons: for one song on a page at most.
    """
    with st.container(horizontal=True, gap="small", key=f"labels-{key}"):
        for number, (name, icon, message, labels) in enumerate(_choices(song, other), start=1):
            if st.button(
                escape(name),
                icon=f":material/{icon}:",
                shortcut=str(number) if shortcuts else None,
                disabled=labels == [],
                key=f"label-{number}-{key}",
            ):
                _settle(home, str(song["song_id"]), labels)
                if after is not None:
                    after()
                rerun_with_message(message)
        if later is not None:
            st.button(
                "Later",
                icon=":material/schedule:",
                shortcut="5" if shortcuts else None,
                type="tertiary",
                on_click=later,
                key=f"label-5-{key}",
            )


def _choices(song: Mapping[Any, Any], other: str) -> list[tuple[str, str, str, list[str] | None]]:
    """Return each button's name, icon, the line when it is done, and the labels that it sets."""
    title, genres = str(song["title"]), [str(genre) for genre in song["genres"]]
    kept, both = " and ".join(genres), list(dict.fromkeys([*genres, other]))
    return [
        (f"Make it {other}", "swap_horiz", f"{title} is {other} now.", [other]),
        (f"Keep {kept}", "check", f"{title} stays {kept}, and is not asked about again.", genres),
        ("Both", "add", f"{title} is {' and '.join(both)} now.", both),
        ("Remove", "delete", f"{title} is removed.", None),
    ]


def _settle(home: Home, song_id: str, labels: list[str] | None) -> None:
    with open_once(home, create=False) as library:
        if labels is None:
            library.remove(song_id)
        else:
            library.settle_labels(song_id, labels)
