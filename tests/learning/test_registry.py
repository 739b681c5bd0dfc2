from __future__ import annotations

import dataclasses
import hashlib
import json

import numpy as np
import pytest

from genrefit.errors import GenrefitError, ModelError
from genrefit.features import ear_is_ready
from genrefit.learning import (
    model,
    model_names,
    model_store,
    pipeline_fitting,
    pipelines,
    registry,
    training,
)
from genrefit.learning.recipe import Recipe
from tests.support import tables


@pytest.fixture(scope="module")
def trained():
    table = tables.drawn([["jazz"], ["rock"]] * 15)
    return table, training.learn(table, Recipe(pipeline="logistic"), n_jobs=1)


@pytest.fixture
def save(home, trained):
    """A function that saves the trained model under a name."""
    _, found = trained

    def saved(name, *, replace=False, date="2027-01-01"):
        return registry.save(
            home,
            name=name,
            model=found.model,
            card=dataclasses.replace(found.card, date=date),
            report=found.report,
            out_of_fold=found.out_of_fold,
            replace_saved=replace,
        )

    return saved


@pytest.fixture
def no_ear(monkeypatch, tmp_path):
    monkeypatch.setenv("GENREFIT_EAR", str(tmp_path / "no ear here"))


def own(home):
    return [name for name in registry.names(home) if name != registry.BUILT_IN]


def with_pipeline(trained, name):
    """The trained model, with a pipeline of another kind in it."""
    table, found = trained
    y = np.array([genres == ("rock",) for genres in table.songs["genres"]])[table.song].astype(int)
    pipeline = pipeline_fitting.fit(
        name,
        table.X,
        y,
        weight=np.ones(len(y)),
        member=np.eye(2, dtype=bool)[y],
        group=table.song,
        columns=table.columns,
        drop=("tempo",),
    )
    return dataclasses.replace(found.model, pipeline=pipeline)


@pytest.mark.parametrize("pipeline", pipelines.PIPELINES)
def test_every_pipeline_comes_back_the_same(home, trained, pipeline):
    table, found = trained
    model = with_pipeline(trained, pipeline)
    registry.save(
        home,
        name="one",
        model=model,
        card=found.card,
        report=found.report,
        out_of_fold=found.out_of_fold,
    )
    again = registry.load(home, "one")
    for says in ("songs", "typicality"):
        before, after = (getattr(m, says)(table.X, table.song, 30) for m in (model, again))
        assert (before == after).all()
    assert again.genres == ("jazz", "rock")
    assert registry.report(home, "one").songs == found.report.songs
    assert registry.report(home, "one").model == "one"
    assert registry.card(home, "one").fingerprint == found.card.fingerprint
    kept = registry.out_of_fold(home, "one")
    assert list(kept.index) == list(table.songs["song_id"])
    assert kept.to_numpy() == pytest.approx(found.out_of_fold.to_numpy(), abs=1e-6)


def test_taken_names_are_refused_unless_replaced(home, save):
    save("mine", date="2027-01-01")
    with pytest.raises(ModelError, match=r"'mine' already.*--replace"):
        save("mine")
    save("mine", replace=True, date="2027-02-02")
    assert registry.card(home, "mine").date == "2027-02-02"
    assert own(home) == ["mine"]


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../up", "a/b", "a\\b", "tags", "Ear", "x.part", "-a", "a" * 65, "a\n"]
)
def test_names_that_cannot_be(home, save, name):
    with pytest.raises(ModelError):
        save(name)
    assert not list(home.path.glob("*.skops"))
    assert own(home) == []


@pytest.mark.parametrize("name", ["my wedding", "jazz+rock, 2", "naïve", "v1.2"])
def test_names_that_can(home, save, name):
    assert save(name) == name
    assert own(home) == [name]


def test_fresh_names_are_readable_and_new(home, save):
    first = model_names.fresh_name(home, ("Hip-Hop", "jazz"), "ear")
    assert first.startswith("hip_hop-jazz-ear-20")
    save(first)
    assert model_names.fresh_name(home, ("Hip-Hop", "jazz"), "ear") == f"{first}-2"
    assert model_names.fresh_name(home, tuple("abcd"), "timbre").startswith("4-genres-timbre-")
    assert model_names.fresh_name(home, ("///", "???"), "ear").startswith("2-genres-ear-")


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
    assert sorted(p.name for p in home.models.iterdir() if p.is_dir()) == ["two"]


def test_in_use_is_the_chosen_else_the_newest_else_none(home, save, no_ear):
    assert registry.in_use(home) is None
    save("old", date="2027-01-01")
    save("new", date="2027-02-01")
    assert registry.in_use(home) == "new"
    registry.use(home, "old")
    assert registry.in_use(home) == "old"
    registry.delete(home, "old")
    assert registry.in_use(home) == "new"


def test_unknown_models_are_named_with_those_there(home, save):
    with pytest.raises(ModelError, match="'nope': none has been trained"):
        registry.load(home, "nope")
    save("mine")
    for act in (registry.load, registry.card, registry.report, registry.use, registry.delete):
        with pytest.raises(ModelError, match="no model 'nope': there are mine"):
            act(home, "nope")


@pytest.mark.parametrize("file", ["model.skops", "report.json", "out_of_fold.json"])
def test_a_changed_byte_is_noticed(home, save, file):
    save("mine")
    path = home.models / "mine" / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    read = {"model.skops": registry.load, "report.json": registry.report}
    with pytest.raises(ModelError, match=f"{file} is not what was saved"):
        read.get(file, registry.out_of_fold)(home, "mine")
    path.unlink()
    with pytest.raises(ModelError, match="missing"):
        read.get(file, registry.out_of_fold)(home, "mine")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"genres": []}'])
def test_a_damaged_card_is_told_and_others_still_listed(home, save, content):
    save("bad")
    save("good")
    (home.models / "bad" / "card.json").write_bytes(content)
    assert set(own(home)) == {"bad", "good"}
    with pytest.raises(ModelError, match="card of the model 'bad'"):
        registry.load(home, "bad")
    listed = {row["name"]: row for row in (m.to_json() for m in registry.listing(home))}
    assert "damaged" in listed["bad"]["error"]
    assert listed["good"]["genres"] == ["jazz", "rock"]


def change_card(home, name, **changes):
    path = home.models / name / "card.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | changes))


def test_another_feature_version_is_refused_with_what_to_do(home, save):
    save("mine")
    change_card(home, "mine", version=99)
    with pytest.raises(ModelError, match=r"version 99 of the features 'classic'.*train it again"):
        registry.load(home, "mine")
    change_card(home, "mine", features="gone")
    with pytest.raises(ModelError, match=r"not there any more.*train it again"):
        registry.load(home, "mine")


def test_a_newer_format_is_refused(home, save):
    save("mine")
    change_card(home, "mine", format=99)
    with pytest.raises(ModelError, match="newer genrefit"):
        registry.load(home, "mine")


def test_foreign_types_are_refused_even_with_the_right_digest(home, save):
    from skops import io

    save("mine")
    foreign = io.dumps({"pipeline": registry.ModelError})
    (home.models / "mine" / "model.skops").write_bytes(foreign)
    digests = registry.card(home, "mine").sha256
    digests["model.skops"] = hashlib.sha256(foreign).hexdigest()
    change_card(home, "mine", sha256=digests)
    with pytest.raises(ModelError, match="does not trust"):
        registry.load(home, "mine")


def test_our_trusted_types_are_needed_and_no_more(trained):
    from skops import io

    asked = set()
    for pipeline in pipelines.PIPELINES:
        content = io.dumps(with_pipeline(trained, pipeline).state())
        asked |= set(io.get_untrusted_types(data=content))
    assert asked == set(model.TRUSTED)


def test_an_interrupted_save_leaves_what_was_there(home, save, monkeypatch):
    save("mine", date="2027-01-01")
    real = model_store.write_whole

    def full_disk(path, content):
        if path.name == "card.json":
            raise OSError(28, "No space left on device")
        real(path, content)

    with monkeypatch.context() as patched:
        patched.setattr(model_store, "write_whole", full_disk)
        with pytest.raises(OSError, match="No space"):
            save("mine", replace=True)
    assert registry.card(home, "mine").date == "2027-01-01"
    registry.load(home, "mine")
    save("mine", replace=True, date="2027-05-05")
    assert registry.card(home, "mine").date == "2027-05-05"


def test_a_replacement_killed_between_its_renames_is_undone(home, save):
    save("mine")
    (home.models / "mine").rename(home.models / ".mine.old")
    assert own(home) == ["mine"]
    assert registry.load(home, "mine").genres == ("jazz", "rock")


def test_the_built_in_model_cannot_be_touched(home):
    for act in (registry.delete, lambda h, n: registry.rename(h, n, "mine"), registry.report):
        with pytest.raises(GenrefitError, match="tags"):
            act(home, registry.BUILT_IN)


def test_the_built_in_model_is_there_where_the_ear_is(home):
    if not ear_is_ready(home):
        assert registry.BUILT_IN not in registry.names(home)
        pytest.skip("the pretrained ear is not here")
    assert registry.names(home) == [registry.BUILT_IN]
    assert registry.in_use(home) == registry.BUILT_IN
    about = registry.card(home, registry.BUILT_IN)
    assert "not trained on your playlists" in about.what
    model = registry.load(home, registry.BUILT_IN)
    P = model.songs(np.zeros((2, len(model.columns)), np.float32), np.array([0, 1]), 2)
    assert P.sum(1) == pytest.approx(1)
    assert registry.out_of_fold(home, registry.BUILT_IN).empty
