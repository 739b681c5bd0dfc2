"""The dashboard: page settings and navigation, nothing else."""

import streamlit as st

from genrefit.config import PACKAGE

ICON = str(PACKAGE / "ui" / "mark.svg")
st.set_page_config(page_title="genrefit", page_icon=ICON, layout="wide")
st.navigation(
    {
        "": [st.Page("pages/home.py", title="Home", icon=":material/home:", default=True)],
        "Your music": [
            st.Page("pages/genres.py", title="Genres", icon=":material/sell:"),
            st.Page("pages/collect.py", title="Collect", icon=":material/download_for_offline:"),
            st.Page("pages/explore.py", title="Explore", icon=":material/scatter_plot:"),
        ],
        "Your model": [
            st.Page("pages/train.py", title="Train", icon=":material/school:"),
            st.Page("pages/judge.py", title="Judge", icon=":material/balance:"),
        ],
        "Your answers": [
            st.Page("pages/score.py", title="Score", icon=":material/music_note:"),
            st.Page("pages/find.py", title="Find", icon=":material/search:"),
        ],
    }
).run()
