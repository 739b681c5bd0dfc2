"""A song that is too big to be dropped can be scored from where it lies, and the page says so."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from genrefit.scoring import ScoredSong
from genrefit.ui.components import song_drop
from tests.pages.test_score import results


def test_the_pages_say_what_to_do_with_a_big_file(filled, open_page):
    limit = song_drop.most_mb()
    assert f"A file of more than {limit} MB is not taken here" in open_page("score").text
    assert f"A file of more than {limit} MB is not taken here" in open_page("home").text
    assert "A file of more than 50 MB is not taken here" in open_page("genres").text


@pytest.mark.slow
def test_a_wav_of_more_than_the_limit_is_scored_from_its_path(filled, open_page, tmp_path):
    sr, seconds = 44_100, 330
    t = np.arange(sr * 10) / sr
    y = (0.3 * np.sin(2 * np.pi * 220 * t) * (1 + 0.3 * np.sin(t))).astype(np.float32)
    path = tmp_path / "A - Long.wav"
    with soundfile.SoundFile(path, "w", sr, 2, "PCM_16") as file:
        for _ in range(seconds // 10):
            file.write(np.stack([y, y], axis=1))
    assert path.stat().st_size > song_drop.most_mb() * 1_000_000
    page = open_page("score")
    page.at.text_area[0].set_value(str(path))
    next(b for b in page.at.button if b.label == "Score them").click()
    page.at.run()
    (entry,) = results(page.fine())
    assert isinstance(entry.result, ScoredSong) and entry.sound == str(path)
