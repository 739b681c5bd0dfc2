"""Choose among saved models; use, rename and delete them."""

from __future__ import annotations

import streamlit as st

from genrefit.config import Home
from genrefit.errors import GenrefitError
from genrefit.learning import registry
from genrefit.ui import cache
from genrefit.ui.layout import confirm, escape, rerun_with_message


def own(home: Home) -> list[str]:
    """Return the names of the user's own models, the newest first."""
    return [name for name in cache.models(home) if name != registry.BUILT_IN]


def manage(home: Home, name: str) -> None:
    """Show what can be done with a model, in a row."""
    used = registry.in_use(home)
    with st.container(horizontal=True, vertical_alignment="center"):
        if used == name:
            st.badge("In use", icon=":material/check:", color="green")
        elif st.button("Use this model", type="primary", key="model-use"):
            registry.use(home, name)
            rerun_with_message(f"Answers come from {name} from now on.")
        with st.popover("Rename", icon=":material/edit:", key="model-rename-ask"):
            new = st.text_input("New name", value=name, max_chars=64, key=f"model-new-{name}")
            if st.button("Rename it", disabled=(new or "").strip() in ("", name),
                         key="model-rename"):  # fmt: skip
                _rename(home, name, (new or "").strip())
        question = f"Delete the model {escape(name)}? This cannot be undone; your songs stay."
        if confirm("Delete", question, yes="Yes, delete it", key="model-delete"):
            registry.delete(home, name)
            _choose_anew()
            rerun_with_message(f"The model {name} is deleted.")
        general = used != registry.BUILT_IN and registry.BUILT_IN in cache.models(home)
        if general and st.button(
            "Use the general ear instead", key="model-use-tags", type="tertiary"
        ):
            registry.use(home, registry.BUILT_IN)
            rerun_with_message("Answers come from the general ear (tags) from now on.")


def _rename(home: Home, name: str, new: str) -> None:
    registry.rename(home, name, new)
    _choose_anew()
    st.session_state["judge-next"] = new
    rerun_with_message(f"{name} is {new} now.")


def _choose_anew() -> None:
    """Names have changed: widgets must not hold on to old ones."""
    for key in ("judge-model", "judge-other", "score-model", "find-model"):
        st.session_state.pop(key, None)


def pick(home: Home, names: list[str]) -> str:
    """Let the user choose the model to look at: at first the one in use."""
    used = registry.in_use(home)
    following = st.session_state.pop("judge-next", None)
    if following in names:
        st.session_state["judge-model"] = following
    if st.session_state.get("judge-model", names[0]) not in names:
        st.session_state.pop("judge-model")
    found = st.selectbox(
        "Model",
        names,
        index=names.index(used) if used in names else 0,
        format_func=lambda n: f"{n} (in use)" if n == used else n,
        key="judge-model",
        persist_state="session",
    )
    if found is None:
        raise GenrefitError("choose a model")
    return str(found)
