"""Damaged, foreign and half-written model folders."""

from __future__ import annotations

import hashlib

import pytest

from genrefit.errors import ModelError
from genrefit.learning import (
    model,
    model_store,
    pipelines,
    registry,
)
from tests.support.models import change_card, model_with_pipeline, own_names


@pytest.mark.parametrize(
    "file", ["model.skops", "report.json", "out_of_fold.json", "out_of_fold_segments.npz"]
)
def test_a_changed_byte_is_noticed(home, save, file):
    save("mine")
    path = home.models / "mine" / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    read = {
        "model.skops": registry.load,
        "report.json": registry.report,
        "out_of_fold_segments.npz": registry.out_of_fold_segments,
    }
    with pytest.raises(ModelError, match=f"{file} is not what was saved"):
        read.get(file, registry.out_of_fold)(home, "mine")
    path.unlink()
    with pytest.raises(ModelError, match="missing"):
        read.get(file, registry.out_of_fold)(home, "mine")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"genres": []}'])
def test_a_damaged_card_is_reported_and_others_still_listed(home, save, content):
    save("bad")
    save("good")
    (home.models / "bad" / "card.json").write_bytes(content)
    assert set(own_names(home)) == {"bad", "good"}
    with pytest.raises(ModelError, match="card of the model 'bad'"):
        registry.load(home, "bad")
    listed = {row["name"]: row for row in (m.to_json() for m in registry.listing(home))}
    assert "damaged" in listed["bad"]["error"]
    assert listed["good"]["genres"] == ["jazz", "rock"]


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

    untrusted_types = set()
    for pipeline in pipelines.PIPELINES:
        content = io.dumps(model_with_pipeline(trained, pipeline).state())
        untrusted_types |= set(io.get_untrusted_types(data=content))
    assert untrusted_types == set(model.TRUSTED)


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
    assert own_names(home) == ["mine"]
    assert registry.load(home, "mine").genres == ("jazz", "rock")
