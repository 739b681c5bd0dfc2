"""Choose among saved models; use, rename and delete them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from genrefit.config import Home
from genrefit.learning import registry
from genrefit.ui import cache
from genrefit.ui.components.model_text import label
from genrefit.ui.layout import confirm, escape, rerun_with_message

INSTEAD = {
    registry.NAMES: "Use the names alone instead",
    registry.TAGS: "Use the general ear instead",
}
PICKER_KEYS = ("judge-model", "judge-other", "score-model", "find-model")


def own_models(home: Home) -> list[str]:
    """Return the names of the user's own models, the newest first."""
    return [name for name in cache.models(home) if not registry.is_built_in(name)]


def pick_model(home: Home, names: Sequence[str], *, key: str, persist: bool = False) -> str | None:
    """Let the user choose one of `names`, at first the model in use; None where there is none.

    With `persist` the choice outlives a look at another page.
    """
    if not names:
        return None
    renamed_to = st.session_state.pop(f"{key}-next", None)
    if renamed_to in names:
        st.session_state[key] = renamed_to
    if st.session_state.get(key, names[0]) not in names:
        st.session_state.pop(key)
    in_use = registry.in_use(home)
    return st.selectbox(
        "Model",
        names,
        index=names.index(in_use) if in_use in names else 0,
        format_func=lambda name: label(name, in_use=name == in_use),
        key=key,
        persist_state="session" if persist else None,
    )


def show_actions(home: Home, name: str) -> None:
    """Show what can be done with a model, in a row."""
    in_use = registry.in_use(home)
    with st.container(horizontal=True, vertical_alignment="center"):
        if in_use == name:
            st.badge("In use", icon=":material/check:", color="green")
        elif st.button("Use this model", type="primary", key="model-use"):
            registry.use(home, name)
            rerun_with_message(f"Answers come from {name} from now on.")
        with st.popover("Rename", icon=":material/edit:", key="model-rename-ask"):
            # In a form the text comes with the click: else the first click only leaves the box.
            with st.form("model-rename-form", border=False):
                new = st.text_input("New name", value=name, max_chars=64, key=f"model-new-{name}")
                renamed = st.form_submit_button("Rename it", key="model-rename")
            if renamed and (new or "").strip() not in ("", name):
                _rename(home, name, (new or "").strip())
        question = f"Delete the model {escape(name)}? Your songs stay, and it can be undone."
        if confirm("Delete", question, yes="Yes, delete it", key="model-delete"):
            registry.delete(home, name)
            _forget_choices()
            rerun_with_message(f"The model {name} is deleted.")
        for built_in, label in INSTEAD.items():
            offered = in_use != built_in and built_in in cache.models(home)
            if offered and st.button(label, key=f"model-use-{built_in}", type="tertiary"):
                registry.use(home, built_in)
                rerun_with_message(f"Answers come from {built_in} from now on.")


def _rename(home: Home, name: str, new: str) -> None:
    registry.rename(home, name, new)
    _forget_choices()
    st.session_state["judge-model-next"] = new
    rerun_with_message(f"{name} is {new} now.")


def _forget_choices() -> None:
    """Let no picker hold on to a name that has changed."""
    for key in PICKER_KEYS:
        st.session_state.pop(key, None)
