"""Collect: fetch the genres' songs, extract their features, and store those."""

from __future__ import annotations

import streamlit as st

from genrefit.ui import cache
from genrefit.ui.components import collection, job_progress
from genrefit.ui.layout import empty_state, page, page_link

with page(
    "Collect",
    "genrefit listens to each song of your genres once and keeps what it heard as numbers. Your "
    "files are never changed, and downloads are not kept.",
) as home:
    # After the heading: these take long to import the first time.
    from genrefit.ui.components import song_table
    from genrefit.ui.page_run import open_once

    known = cache.genres(home)
    songs = len(cache.songs(home))
    if not known and not songs:
        empty_state("**There is nothing to collect yet.** Say first what your genres are.",
              "genres", "Define genres", icon=":material/sell:")  # fmt: skip
        st.stop()
    failures = []
    if home.library.exists():
        with open_once(home) as library:
            failures = library.failures()
    if any(genre.sources for genre in known.values()):
        collection.show_controls(home, list(known), sum(failure.retry for failure in failures))
    else:
        empty_state("None of your genres has a source to collect from.", "genres", "Add a source")
    job_progress.watch(
        home, "collect", on_done=collection.show_result, show_details=collection.show_genre_progress
    )
    if not songs and not failures:
        st.stop()
    collection.show_counts(home, songs, len(failures))
    titles = [
        f":material/library_music: Songs ({songs:,})",
        f":material/warning: What failed ({len(failures):,})",
    ]
    in_tab, failed_tab = st.tabs(titles)
    with in_tab:
        if songs:
            everything = dict.fromkeys([*known, *(g for g in cache.counts(home) if g)])
            song_table.show_songs(home, list(everything))
            page_link("train", "Next: train a model on them", icon=":material/school:")
        else:
            st.markdown("No song is in yet.")
    with failed_tab:
        if failures:
            song_table.show_failures(home, failures)
        else:
            st.markdown("Nothing failed.")
