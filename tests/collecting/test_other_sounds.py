"""Speech, silence and noise are kept out of a collection, with the reason, unless asked for."""

from __future__ import annotations

import numpy as np
import soundfile

from genrefit.collecting.collector import collect
from genrefit.config import CHECKOUT
from genrefit.library import genres, open_library
from tests.features.test_yamnet import needs_second_ear
from tests.support import songs


@needs_second_ear
def test_noise_is_refused_with_its_reason_and_taken_when_asked_for(home, tmp_path, monkeypatch):
    monkeypatch.setenv("GENREFIT_EAR", str(CHECKOUT / "models" / "ear"))
    folder = songs.folder(tmp_path / "music", {"Ann - One.mp3": 1})
    noise = np.random.default_rng(0).normal(0, 0.1, 20 * 16_000)
    soundfile.write(folder / "Ben - Hiss.wav", noise, 16_000)
    genres.add(home, "jazz", [str(folder)])
    sets = ("classic", "yamnet")

    result = collect(home, sets=sets, jobs=1)
    assert (result.done, result.failed) == (1, 1)
    with open_library(home) as library:
        (failure,) = library.failures()
    assert failure.kind == "silence or noise"
    assert "--any-sound" in failure.reason
    assert not failure.retry
    assert collect(home, sets=sets, jobs=1).done == 0
    assert collect(home, sets=sets, jobs=1, retry_failed=True).done == 0

    assert collect(home, sets=sets, jobs=1, any_sound=True).done == 1
    with open_library(home) as library:
        assert library.failures() == []
        assert {song.title for song in library.songs()} == {"One", "Hiss"}
