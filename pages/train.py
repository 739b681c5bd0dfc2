"""Train: choose, start, watch, and read how good it became."""

from __future__ import annotations

import streamlit as st

from genrefit.config import Home
from genrefit.errors import ModelError
from genrefit.formatting import duration
from genrefit.jobs.results import TrainResult
from genrefit.jobs.store import Job
from genrefit.learning import registry
from genrefit.ui import cache
from genrefit.ui.components import (
    job_progress,
    model_difference,
    report_summary,
    training_form,
)
from genrefit.ui.layout import empty_state, escape, page, page_link, rerun_with_message


def show_result(home: Home, job: Job) -> None:
    """Show how good the latest trained model is, in plain words."""
    name = job.result.model if isinstance(job.result, TrainResult) else ""
    try:
        report = cache.report(home, name)
    except ModelError:
        return  # it was deleted or renamed since: there is nothing to tell
    with st.container(border=True, key="result"):
        took = duration((job.ended or job.started) - job.started)
        st.caption(f"Trained {job_progress.ago(job.ended)}, in {took}")
        st.subheader(escape(name), anchor=False)
        report_summary.show(report)
        st.markdown(
            report_summary.strongest_sentence(report)
            + f" It uses **{escape(report.pipeline)}** on the feature set "
            f"**{escape(report.features)}**."
        )
        report_summary.show_cautions(report)
        model_difference.show(home, name)
        with st.container(horizontal=True, vertical_alignment="center"):
            if registry.in_use(home) == name:
                st.badge("In use", icon=":material/check:", color="green")
            elif st.button("Use this model", type="primary", key="train-use"):
                registry.use(home, name)
                rerun_with_message(f"Answers come from {name} from now on.")
            page_link("judge", "Look closer", icon=":material/balance:")
            page_link("find", "Ask for music", icon=":material/search:")


with page(
    "Train",
    "genrefit learns what sets your genres apart, and judges itself on artists it never heard.",
) as home:
    sets = cache.feature_sets(home)
    if not sets:
        empty_state("**There are no songs to learn from yet.**", "collect", "Collect songs",
              icon=":material/download_for_offline:")  # fmt: skip
        st.stop()
    if note := cache.unknown_sets_note(home):
        st.caption(escape(note[:1].upper() + note[1:]) + ".")
    job_progress.watch(home, "train", on_done=lambda job: show_result(home, job))
    left, right = st.columns([3, 2], gap="large")
    with left:
        recipe = training_form.pick_recipe(home)
        if recipe is not None:
            trainable = training_form.show_cost(home, recipe)
            busy = job_progress.running(home, "train")
            if st.button("Train", icon=":material/school:", type="primary",
                         disabled=busy or not trainable, key="train"):  # fmt: skip
                job_progress.start(home, "train", recipe.to_json())
            if busy:
                st.caption("A training runs already: see above.")
    if recipe is not None:
        with right:
            training_form.show_material(home, recipe)
