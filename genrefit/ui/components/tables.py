"""Tables on a page, with buttons beneath that download them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from genrefit.edges import csv_of_frame

if TYPE_CHECKING:
    import pandas as pd

    from genrefit.query import Query

MIMES = {"csv": "text/csv", "json": "application/json", "m3u": "audio/x-mpegurl"}


def show_table(
    frame: pd.DataFrame,
    *,
    name: str,
    formats: Sequence[str] = ("csv",),
    columns: Mapping[str, Any] | None = None,
    more: Mapping[str, Callable[[], str | bytes]] | None = None,
    stem: str | None = None,
    **options: Any,
) -> Any:
    """Show a frame, with buttons beneath that download it, and return what st.dataframe returns.

    `name` is the key and, without a `stem`, what the downloads are called; `formats` are csv,
    json, parquet; `columns` is st.dataframe's column_config; `more` are further downloads by file
    ending ("m3u") with what makes their content; `options` go to st.dataframe (key, on_select,
    height ...).
    """
    options = {"key": f"table-{name}", "hide_index": True, **options}
    selection = st.dataframe(frame, column_config=dict(columns or {}), **options)
    show_downloads(frame, name=name, formats=formats, more=more, stem=stem or name)
    return selection


def table_height(rows: int, *, most: int, row: int = 35) -> int:
    """Return the height of a table in pixels: a head and `rows` rows of `row` pixels, `most` at
    most."""
    return min(most, 37 + row * max(1, rows))


def playlist_name(query: Query | None, otherwise: str) -> str:
    """Return what downloads are called: by their query, as far as a file's name can say it."""
    words = re.sub(r"[^\w%+-]+", " ", str(query) if query else "").strip()
    return words[:80].strip() or otherwise


def show_downloads(
    frame: pd.DataFrame,
    *,
    name: str,
    formats: Sequence[str] = ("csv",),
    more: Mapping[str, Callable[[], str | bytes]] | None = None,
    stem: str | None = None,
) -> None:
    """Show a row of buttons that download a frame; its content is made when one is pressed."""
    makers = {**{form: _download_of(frame, form) for form in formats}, **(more or {})}
    with st.container(horizontal=True, gap="small"):
        for form, make in makers.items():
            st.download_button(
                form.upper(),
                make,
                file_name=f"{stem or name}.{form}",
                mime=MIMES.get(form, "application/octet-stream"),
                key=f"download-{name}-{form}",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
                help=f"Download as {stem or name}.{form}",
            )


def _download_of(frame: pd.DataFrame, form: str) -> Callable[[], str | bytes]:
    def make() -> str | bytes:
        if form == "csv":
            return csv_of_frame(frame)
        if form == "json":
            return str(frame.to_json(orient="records", force_ascii=False, indent=2))
        return bytes(frame.to_parquet(index=False))

    return make
