"""Features by genre: what tells genres apart, how a feature is spread, two at once."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from genrefit.config import Home
from genrefit.plots.feature_names import explanation, feature_name
from genrefit.ui import cache
from genrefit.ui.components import artists_list, copies_list, label_queue, song_card
from genrefit.ui.components.charts import BELOW, show_figure
from genrefit.ui.components.tables import show_table, table_height
from genrefit.ui.layout import escape

FEATURE = "explore-feature"
MEASURES = {
    "score": "eta squared",
    "information": "information",
}
MEANING = {
    "score": "Eta squared: the share of the differences between songs that lies between genres. "
    "1 tells them all apart, 0 none.",
    "information": "Uncertainty coefficient: the share of what there is to know of the genre that "
    "the feature tells. It also sees relations that are no mere shift.",
}
EACH_END = 12
ROW = 68
SEEDS_LEAST = ("mfcc9", "mfcc11")


def show_ranking(home: Home, features: str, genres: tuple[str, ...]) -> None:
    """Show the ranking of features beside the spread of the one that is picked."""
    ranking = cache.separation(home, features, genres)
    left, right = st.columns([2, 3], gap="large")
    with left:
        measure = st.segmented_control(
            "Measure", list(MEASURES), default="score", required=True,
            format_func=MEASURES.__getitem__, key="explore-measure", persist_state="session",
        )  # fmt: skip
        ranked = ranking.sort_values(str(measure), ascending=False, ignore_index=True)
        _ranking(ranked, str(measure))
    with right:
        if st.session_state.get(FEATURE) not in list(ranked["feature"]):
            st.session_state[FEATURE] = ranked["feature"].iloc[0]
        feature = st.selectbox("Feature", list(ranked["feature"]), key=FEATURE,
                               format_func=feature_name, persist_state="session")  # fmt: skip
        _spread(home, features, str(feature), genres)
        place = int(ranked.index[ranked["feature"] == feature][0]) + 1
        what = explanation(str(feature)).strip(" ()") or "which has no other name"
        st.caption(
            f"**{escape(feature_name(str(feature)))}** (`{feature}`), {what}, is number {place} of "
            f"{len(ranked)} in telling these genres apart. Each shape shows where a genre's "
            "10-second segments lie; the box holds the middle half, the dashed line is the mean."
        )
    with st.expander("All features as a table", icon=":material/table:"):
        named = ranked.assign(name=[feature_name(column) for column in ranked["feature"]])
        show_table(named, name=f"features-{features}",
              column_order=["name", *(c for c in ranked if c != "feature"), "feature"],
              columns={"name": "Feature", "feature": "Code"}
              | {m: st.column_config.ProgressColumn(help=MEANING[m], min_value=0, max_value=1,
                                                    format="%.3f") for m in MEASURES})  # fmt: skip


def _ranking(ranked: pd.DataFrame, measure: str) -> None:
    from genrefit import plots

    ends = ranked
    if len(ranked) > 2 * EACH_END:
        ends = pd.concat([ranked.head(EACH_END), ranked.tail(EACH_END)])
        st.caption(f"The {EACH_END} best and the {EACH_END} least, of {len(ranked)}.")
    show_figure(
        plots.ranking(ends, value=measure, top=len(ends), title=f"{MEASURES[measure]} (0 to 1)"),
        key=f"ranking-{measure}",
        alt="Features ranked by how well they tell genres apart",
        on_click=lambda feature: st.session_state.update({FEATURE: str(feature)}),
    )
    st.caption(f"{MEANING[measure]} Click a bar to see that feature. {seed_places(ranked)}")


def seed_places(ranked: pd.DataFrame) -> str:
    """Return the ranks of the features that the earlier study ranked as least separating."""
    names = list(ranked["feature"])
    places = [f"{names.index(f) + 1}" for f in SEEDS_LEAST if f in names]
    if len(places) < len(SEEDS_LEAST):
        return ""
    return (
        "An earlier study of ten genres found MFCC 9 and 11 to tell the least; here they are "
        f"numbers {' and '.join(places)} of {len(names)}."
    )


def _spread(home: Home, features: str, feature: str, genres: tuple[str, ...]) -> None:
    from genrefit import plots

    segments = cache.table(home, features, genres=genres)
    show_figure(
        plots.distributions(segments, feature, genres=genres, known=cache.colour_order(home)),
        key="spread",
        alt=f"How {feature_name(feature)} is spread in each genre",
    )


def show_two(home: Home, features: str, genres: tuple[str, ...]) -> None:
    """Show songs by two features, with the card of the picked song beside."""
    from genrefit import plots

    segments = cache.table(home, features, genres=genres)
    best = list(cache.separation(home, features, genres)["feature"])
    for key, name in (("explore-x", best[0]), ("explore-y", best[min(1, len(best) - 1)])):
        if st.session_state.get(key) not in best:
            st.session_state[key] = name
    chart, card = st.columns([3, 2], gap="large")
    with chart:
        across, up = st.columns(2)
        x = across.selectbox("Across", best, key="explore-x", format_func=feature_name,
                             persist_state="session")  # fmt: skip
        y = up.selectbox("Up", best, key="explore-y", format_func=feature_name,
                         persist_state="session")  # fmt: skip
        figure: Any = plots.scatter(
            segments, str(x), str(y), genres=genres, known=cache.colour_order(home)
        )
        figure.update_layout(legend=BELOW)
        show_figure(
            figure,
            key=f"scatter-{features}",
            alt=f"Songs by {feature_name(x)} and {feature_name(y)}, coloured by genre",
            on_click=song_card.pick,
        )
        st.caption("Features stand in the order of how well they tell these genres apart. "
                   "Click a song to see what it is.")  # fmt: skip
    with card:
        song_card.show_picker(home, segments.songs)


def show_label_checks(home: Home, features: str, genres: tuple[str, ...]) -> None:
    """Show songs whose labels to check, and songs unlike all others, with the picked one's card."""
    st.markdown("##### Check these labels")
    st.caption("Songs that sit in another genre's region. The label may be wrong, or the song "
               "a true blend. What you say is remembered, and can be undone.")  # fmt: skip
    doubted = _within(cache.label_checks(home, features), genres)
    label_queue.show(home, features, doubted)
    if len(doubted):
        with st.expander(f"All {len(doubted):,} as a table", icon=":material/table:"):
            st.caption("Tick one to hear it below.")
            _show_pickable(doubted, "label-checks",
                  {"song": "Song", "genres": "Labelled",
                   "other": "Sounds like", "doubt": "Doubt", "reason": "Why"},
                  "No label looks wrong.")  # fmt: skip
    copies_list.show(home)
    artists_list.show(home)
    st.markdown("##### Odd ones out")
    st.caption("Songs that sound like none of the others: perhaps no music, or a wrong file.")
    _show_pickable(_within(cache.outliers(home, features), genres), "outliers",
              {"song": "Song", "genres": "Labelled", "reason": "Why"},
              "No song stands apart from all others.")  # fmt: skip
    card, _ = st.columns([3, 2])
    with card:
        song_card.show_picker(home, pd.DataFrame(), hint="Tick one in a table, or search by name")


def _within(songs: pd.DataFrame, genres: tuple[str, ...]) -> pd.DataFrame:
    """Return the songs that are in some of `genres`."""
    among = [bool(set(names) & set(genres)) for names in songs["genres"]]
    return songs[among].reset_index(drop=True)


def _show_pickable(songs: pd.DataFrame, name: str, names: dict[str, str], none: str) -> None:
    """Show a table of songs with their reasons in full; the ticked one becomes the picked one."""
    if songs.empty:
        st.markdown(none)
        return
    titles = [
        song_card.song_name(*pair) for pair in zip(songs["title"], songs["artist"], strict=True)
    ]
    reasons = [f"{reason[:1].upper()}{reason[1:]}." for reason in songs["reason"]]
    frame = songs.assign(song=titles, reason=reasons)[list(names)].rename(columns=names)
    frame = frame.round(2)
    frame["Labelled"] = [", ".join(genres) for genres in frame["Labelled"]]
    key = f"table-{name}"

    def ticked() -> None:
        rows = st.session_state[key].selection.rows
        if rows:
            song_card.pick(songs["song_id"].iloc[rows[0]])

    text, bar = st.column_config.TextColumn, st.column_config.ProgressColumn
    show_table(frame, name=name, on_select=ticked, selection_mode="single-row",
          # Rows of three lines: only a row that is higher than one lets its text wrap.
          row_height=ROW, height=table_height(len(frame), most=360, row=ROW),
          columns={
              "Song": text(width=210), "Labelled": text(width=110),
              "Sounds like": text(width=110), "Why": text(width=330),
              "Doubt": bar(min_value=0, max_value=1, format="percent", width=90,
                           help="How much speaks for the other genre."),
          })  # fmt: skip
