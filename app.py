"""The dashboard: page settings and navigation, nothing else."""

import streamlit as st

st.set_page_config(page_title="genrefit", page_icon="🎧", layout="wide")
st.navigation(
    {
        "": [st.Page("pages/home.py", title="Home", icon="🏠", default=True)],
        "Your music": [
            st.Page("pages/genres.py", title="Genres", icon="🏷️"),
            st.Page("pages/collect.py", title="Collect", icon="🧺"),
            st.Page("pages/explore.py", title="Explore", icon="🔭"),
        ],
        "Your model": [
            st.Page("pages/train.py", title="Train", icon="🎓"),
            st.Page("pages/judge.py", title="Judge", icon="⚖️"),
        ],
        "Your answers": [
            st.Page("pages/score.py", title="Score", icon="🎵"),
            st.Page("pages/find.py", title="Find", icon="🔎"),
        ],
    }
).run()
