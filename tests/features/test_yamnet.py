"""The second ear against what the original network gave (../shared/reference/yamnet.npz)."""

from __future__ import annotations

import numpy as np
import pytest

from genrefit import config, features
from genrefit.audio.decode import Audio
from genrefit.errors import EarError
from genrefit.features import yamnet
from tests.conftest import SHARED
from tests.features.test_musicnn import HOME, sound

needs_second_ear = pytest.mark.skipif(
    not features.second_ear_is_ready(HOME), reason="the second ear is not here"
)
REFERENCE = SHARED / "reference" / "yamnet.npz"
needs_reference = pytest.mark.skipif(not REFERENCE.is_file(), reason="no reference outputs here")


def reference(number: int) -> dict[str, np.ndarray]:
    with np.load(REFERENCE) as arrays:
        y = arrays[f"samples{number}"] / np.float32(32767)
        return {name: arrays[f"{name}{number}"] for name in ("logmel", "logits", "embedding")} | {
            "y": y
        }


def test_columns_are_the_classes_by_their_numbers():
    assert len(yamnet.COLUMNS) == len(set(yamnet.COLUMNS)) == len(yamnet.KEPT)
    number = dict(zip(yamnet.COLUMNS, yamnet.KEPT.tolist(), strict=True))
    assert number["Speech"] == 0
    assert number["Music"] == 132
    assert number["Classical music"] == 232
    assert number["Scary music"] == 276
    assert number["Silence"] == 494
    assert number["Pink noise"] == 515


@needs_reference
@pytest.mark.parametrize("number", [0, 1])
def test_log_mel_agrees_with_the_original(number):
    expected = reference(number)
    np.testing.assert_allclose(yamnet.log_mel(expected["y"]), expected["logmel"], atol=1e-3)


@needs_reference
@needs_second_ear
@pytest.mark.parametrize("number", [0, 1])
def test_logits_agree_with_the_original(number):
    expected = reference(number)
    row = yamnet.embed([expected["y"]], home=HOME)
    mean = expected["logits"][:, yamnet.KEPT].mean(axis=0)
    np.testing.assert_allclose(row[0], mean, atol=1e-3)


@needs_reference
@needs_second_ear
@pytest.mark.parametrize("number", [0, 1])
def test_the_embedding_agrees_with_the_original(number):
    expected = reference(number)
    network = yamnet._session(features.second_ear_folder(HOME))
    patches = yamnet.patches_of(expected["y"])
    embedding = network.run(["embedding"], {"log_mel": patches})[0]
    np.testing.assert_allclose(embedding, expected["embedding"], atol=1e-3)


@needs_second_ear
def test_a_row_is_the_same_alone_and_among_others():
    pieces = [sound(10.0), sound(5.0), sound(10.0)[::-1].copy()]
    together = yamnet.embed(pieces, home=HOME)
    assert together.shape == (3, len(yamnet.COLUMNS))
    for piece, row in zip(pieces, together, strict=True):
        np.testing.assert_allclose(yamnet.embed([piece], home=HOME)[0], row, atol=1e-5)


@needs_second_ear
def test_silence_and_noise_are_called_so():
    column = dict(zip(yamnet.COLUMNS, range(len(yamnet.COLUMNS)), strict=True))
    noise = np.random.default_rng(0).normal(0, 0.1, 160_000).astype(np.float32)
    quiet, loud = yamnet.embed([np.zeros(160_000, np.float32), noise], home=HOME)
    assert quiet.argmax() == column["Silence"]
    assert loud[column["White noise"]] > loud[column["Music"]]


@needs_second_ear
def test_both_ears_hear_the_same_segments():
    song = Audio(sound(25.0), yamnet.SR)
    both = features.extract(song, ["ear", "yamnet"], home=HOME)
    assert both["ear"].starts.tolist() == both["yamnet"].starts.tolist() == [0.0, 10.0, 20.0]


def test_without_the_second_ear_the_reason_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("GENREFIT_EAR", str(tmp_path / "ear"))
    home = config.Home(tmp_path)
    assert not features.available(home, "yamnet")
    with pytest.raises(EarError, match=r"genrefit ear --yamnet FILE"):
        yamnet.embed([sound(10.0)], home=home)


@needs_second_ear
def test_a_segment_of_less_than_a_patch_is_refused():
    for samples in (0, 100, 5_000, 15_000):
        with pytest.raises(EarError, match="too short for the second ear"):
            yamnet.embed([np.zeros(samples, np.float32)], home=HOME)
