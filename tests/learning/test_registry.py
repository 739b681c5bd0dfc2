from __future__ import annotations

import json

import numpy as np
import pytest

from genrefit.errors import GenrefitError, ModelError
from genrefit.features import ear_is_ready
from genrefit.learning import (
    pipelines,
    registry,
    train,
)
from genrefit.learning.recipe import Recipe
from genrefit.learning.report import ModelCard, Report
from tests.support.models import change_card, model_with_pipeline, own_names


@pytest.mark.parametrize("pipeline", pipelines.PIPELINES)
def test_every_pipeline_comes_back_the_same(home, trained, pipeline):
    table, result = trained
    model = model_with_pipeline(trained, pipeline)
    registry.save(
        home,
        name="one",
        model=model,
        card=result.card,
        report=result.report,
        out_of_fold=result.out_of_fold,
        out_of_fold_segments=result.out_of_fold_segments,
    )
    loaded = registry.load(home, "one")
    for method in ("songs", "typicality"):
        before, after = (getattr(m, method)(table.X, table.song, 30) for m in (model, loaded))
        assert (before == after).all()
    assert loaded.genres == ("jazz", "rock")
    assert registry.report(home, "one").songs == result.report.songs
    assert registry.report(home, "one").model == "one"
    assert registry.card(home, "one").fingerprint == result.card.fingerprint
    likelihoods = registry.out_of_fold(home, "one")
    assert list(likelihoods.index) == list(table.songs["song_id"])
    assert likelihoods.to_numpy() == pytest.approx(result.out_of_fold.to_numpy(), abs=1e-6)


def test_taken_names_are_refused_unless_replaced(home, save):
    save("mine", date="2027-01-01")
    with pytest.raises(ModelError, match=r"'mine' already.*--replace"):
        save("mine")
    save("mine", replace=True, date="2027-02-02")
    assert registry.card(home, "mine").date == "2027-02-02"
    assert own_names(home) == ["mine"]


def test_delete_and_rename(home, save, no_ear):
    save("one")
    save("two", date="2027-03-03")
    registry.use(home, "one")
    registry.rename(home, "one", "three")
    assert registry.names(home) == ["two", "three"]
    assert registry.in_use(home) == "three"
    assert registry.report(home, "three").model == "three"
    with pytest.raises(ModelError, match="'two' already"):
        registry.rename(home, "three", "two")
    registry.delete(home, "three")
    assert registry.names(home) == ["two"]
    shown = [p.name for p in home.models.iterdir() if p.is_dir() and p.name != ".trash"]
    assert shown == ["two"]


def test_in_use_changes_by_the_users_word_only_or_where_there_was_none(home, save, no_ear):
    assert registry.in_use(home) is None
    save("old", date="2027-01-01")
    assert registry.in_use(home) == "old"
    save("new", date="2027-02-01")
    assert registry.in_use(home) == "old", "a newer model does not slip into use"
    registry.use(home, "new")
    save("newest", date="2027-03-01")
    save("old", replace=True, date="2027-04-01")
    assert registry.in_use(home) == "new"
    registry.delete(home, "new")
    assert registry.in_use(home) == "old", "of those that are left, the newest"


def test_models_of_earlier_versions_keep_the_newest_in_use(home, save, no_ear):
    """Those wrote no choice by themselves: what answered then goes on to answer."""
    save("one", date="2027-01-01")
    save("two", date="2027-02-01")
    (home.models / "in_use.json").unlink()
    assert registry.in_use(home) == "two"
    save("three", date="2027-03-01")
    assert registry.in_use(home) == "two"


def test_a_damaged_choice_is_told_before_a_training(home, save, no_ear):
    save("one")
    (home.models / "in_use.json").write_text("{")
    with pytest.raises(ModelError, match="damaged"):
        train.train(home, Recipe())


def test_unknown_models_are_named_with_those_there(home, save):
    with pytest.raises(ModelError, match="'nope': none has been trained"):
        registry.load(home, "nope")
    save("mine")
    for act in (registry.load, registry.card, registry.report, registry.use, registry.delete):
        with pytest.raises(ModelError, match="no model 'nope': there are mine"):
            act(home, "nope")


def test_a_model_of_an_earlier_version_has_no_out_of_fold_segments(home, save):
    save("mine")
    assert len(registry.out_of_fold_segments(home, "mine")) == 120
    card = json.loads((home.models / "mine" / "card.json").read_bytes())
    (home.models / "mine" / "out_of_fold_segments.npz").unlink()
    digests = {f: d for f, d in card["sha256"].items() if f != "out_of_fold_segments.npz"}
    change_card(home, "mine", sha256=digests)
    segments = registry.out_of_fold_segments(home, "mine")
    assert segments.empty and list(segments.columns) == ["jazz", "rock"]
    assert len(registry.out_of_fold(home, "mine")) == 30


def test_another_feature_version_is_refused_with_what_to_do(home, save):
    save("mine")
    change_card(home, "mine", version=99)
    with pytest.raises(ModelError, match=r"version 99 of the features 'classic'.*train it again"):
        registry.load(home, "mine")
    change_card(home, "mine", features="gone")
    with pytest.raises(ModelError, match=r"not there any more.*train it again"):
        registry.load(home, "mine")


def test_the_built_in_model_cannot_be_touched(home):
    for act in (registry.delete, lambda h, n: registry.rename(h, n, "mine"), registry.report):
        with pytest.raises(GenrefitError, match="tags"):
            act(home, registry.TAGS)


def test_the_built_in_model_is_there_where_the_ear_is(home):
    if not ear_is_ready(home):
        assert registry.TAGS not in registry.names(home)
        pytest.skip("the pretrained ear is not here")
    assert registry.names(home) == [registry.TAGS]
    assert registry.in_use(home) == registry.TAGS
    about = registry.card(home, registry.TAGS)
    assert "not trained on your playlists" in about.what
    model = registry.load(home, registry.TAGS)
    P = model.songs(np.zeros((2, len(model.columns)), np.float32), np.array([0, 1]), 2)
    assert P.sum(1) == pytest.approx(1)
    assert registry.out_of_fold(home, registry.TAGS).empty
    assert registry.out_of_fold_segments(home, registry.TAGS).empty


REPORT_KEYS = {
    "features", "pipeline", "parameters", "dropped", "protocol", "protocol_means", "seed", "grid",
    "asked", "candidates", "genres", "splits", "warnings", "class_weights", "temperatures",
    "segments", "songs", "confusion", "reliability", "row_protocol", "learning_curve",
    "typicality", "validation", "wrong", "cross_validated", "seconds", "model", "unknown_artists",
}  # fmt: skip

CARD_KEYS = {
    "pipeline", "parameters", "dropped", "protocol", "seed", "grid", "asked", "seconds", "songs",
    "segments", "fingerprint", "versions", "date", "accuracy", "majority", "format", "genres",
    "features", "version", "columns", "sha256",
}  # fmt: skip


def test_the_files_of_a_model_have_the_keys_that_they_always_had(trained_home):
    home, _, _ = trained_home
    folder = home.models / "one"
    report, card = (json.loads((folder / f"{n}.json").read_bytes()) for n in ("report", "card"))
    assert set(report) == REPORT_KEYS
    assert set(card) == CARD_KEYS
    assert set(report["candidates"][0]) == {
        "pipeline", "parameters", "log_loss", "test_log_loss", "accuracy", "rows",
    }  # fmt: skip
    assert set(report["validation"][0]) == {
        "song_id", "title", "artist", "truth", "genres", "guess", "likelihoods", "segments",
    }  # fmt: skip
    assert set(report["temperatures"]) == {"segment", "song"}
    assert set(report["typicality"]) == {"untypical", "unlike_all"}, "without the ear's tags"
    assert Report.from_json(report).to_json() == report
    assert ModelCard.from_json(card).to_json() == card
    (row,) = [m.to_json() for m in registry.listing(home) if m.name == "one"]
    assert set(row) == CARD_KEYS - {"columns", "sha256"} | {"name", "in_use", "built_in"}
