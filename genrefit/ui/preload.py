"""Has the browser load ahead what tables and pictures are drawn with, while it has nothing to do.

Streamlit's page fetches that only when the first table or picture comes: sixty small files for a
table, and plotly's 4.7 MB, which take a second or two to read. A module is read once by its
address, so what is imported here is there when Streamlit asks for it.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import streamlit as st

PARTS = ("DataFrame", "PlotlyChart")
"""Streamlit's files for tables and pictures, as they are named up to their first dot."""
SCRIPT = """<script>
(() => {
    const app = document.querySelector('script[type=module][src*="/static/js/"]');
    const idle = ms => new Promise(done => setTimeout(() => requestIdleCallback(done), ms));
    const load = async ([tables, pictures]) => {
        await idle(1000);  // who is quick to go on to another page should not wait for this
        await import(new URL(tables, app.src)).catch(() => {});
        await idle(4000);  // it holds up the page for a moment: while this one is being read
        await import(new URL(pictures, app.src)).catch(() => {});
    };
    if (app) load(%s);
})();
</script>"""


def load() -> None:
    """Let the browser begin, once a session; a Streamlit without these files is left alone."""
    if "preload" in st.session_state:
        return
    st.session_state["preload"] = True
    if len(names := _files()) == len(PARTS):
        st.html(SCRIPT % json.dumps(names), unsafe_allow_javascript=True)


@cache
def _files() -> list[str]:
    folder = Path(st.__file__).parent / "static" / "static" / "js"
    return [path.name for part in PARTS for path in sorted(folder.glob(f"{part}.*.js"))[:1]]
