"""The page Score, and the widget that it shares with Home."""

from __future__ import annotations

import io
import json
import time
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from streamlit.runtime.scriptrunner import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

from genrefit import sources
from genrefit.learning import registry
from genrefit.library import open_library
from genrefit.records import Failure
from genrefit.scoring import ScoredSong
from genrefit.ui.components import (
    score_progress,
    score_session,
    scored_songs,
    song_drop,
)
from tests.support import servers
from tests.support.homes import left_behind

SR = 22_050


def wav(seconds=25.0, *, pitch=220.0, sr=SR):
    t = np.arange(int(seconds * sr)) / sr
    beat = (np.sin(2 * np.pi * 2 * t) > 0.9).astype(float)
    noise = np.random.default_rng(0).normal(size=len(t))
    y = 0.3 * np.sin(2 * np.pi * pitch * t) * (1 + 0.3 * np.sin(t)) + 0.1 * beat * noise
    file = io.BytesIO()
    soundfile.write(file, y.astype(np.float32), sr, format="WAV", subtype="PCM_16")
    return file.getvalue()


@pytest.fixture(scope="module")
def song():
    return wav()


def drop_files(page, *files, key="score"):
    (uploader,) = (u for u in page.at.file_uploader if u.proto.id.endswith(f"{key}-files-0")
                   or f"{key}-files" in u.proto.id)  # fmt: skip
    uploader.set_value([(name, content, "audio/wav") for name, content in files])
    page.at.run()
    return page.fine()


def results(page):
    return page.at.session_state["scored"]


def test_without_a_model_it_says_how_to_come_by_one(home, open_page):
    page = open_page("score")
    assert "no model yet" in page.text
    assert page.links() == ["train"]
    assert page.has_button("score-ear")
    assert not page.at.file_uploader


def test_a_dropped_song_is_scored_shown_and_erased(filled, open_page, song):
    page = drop_files(open_page("score"), ("The Band - My Song.wav", song))
    (entry,) = results(page)
    assert isinstance(entry.result, ScoredSong)
    assert (entry.result.artist, entry.result.title) == ("The Band", "My Song")
    assert sum(entry.result.likelihoods.values()) == pytest.approx(1)
    assert page.at.subheader[0].value == "My Song"
    assert "Said by your model **mine**" in page.text
    assert "Moment by moment" in page.text
    assert any("1 song scored." in toast for toast in page.toasts)
    assert page.at.get("audio")
    assert left_behind(filled) == []


def test_the_answer_is_the_command_lines(filled, open_page, song, tmp_path):
    from genrefit.scoring import score

    path = tmp_path / "song.wav"
    path.write_bytes(song)
    (expected,) = score([str(path)], home=filled)
    (entry,) = results(drop_files(open_page("score"), ("song.wav", song)))
    assert entry.result.likelihoods == pytest.approx(expected.likelihoods)
    assert entry.result.timeline == expected.timeline
    assert entry.result.unlike_all == expected.unlike_all


def test_a_bad_file_gets_a_sentence_and_the_others_go_on(filled, open_page, song):
    page = drop_files(
        open_page("score"),
        ("notes.txt", b"dear diary"),
        ("empty.mp3", b""),
        ("fake.mp3", b"<html>not found</html>" * 500),
        ("silence.wav", wav_of(np.zeros(SR * 20))),
        ("short.wav", wav(2.0)),
        ("good.wav", song),
    )
    outcomes = {entry.name: entry.result for entry in results(page)}
    assert isinstance(outcomes["good.wav"], ScoredSong)
    reasons = {name: f.reason for name, f in outcomes.items() if isinstance(f, Failure)}
    assert "a .txt file is no audio: give mp3" in reasons["notes.txt"]
    assert reasons["empty.mp3"] == "the file is empty"
    assert "it cannot be read as audio" in reasons["fake.mp3"]
    assert "silence" in reasons["silence.wav"]
    assert "at least 5 s are needed" in reasons["short.wav"]
    warnings = "\n".join(warning.value for warning in page.at.warning)
    for name in reasons:
        assert name.replace("_", "\\_") in warnings
    assert "dropped-" not in warnings  # our own names for files are nobody's business
    assert left_behind(filled) == []


def wav_of(y):
    file = io.BytesIO()
    soundfile.write(file, y, SR, format="WAV")
    return file.getvalue()


def test_results_are_there_after_a_look_at_another_page(filled, open_page, song):
    page = drop_files(open_page("score"), ("kept.wav", song))
    page.go("judge")
    page.go("score")
    assert page.at.subheader[0].value == "kept"
    page.click("scored-clear")
    assert results(page) == []


def test_a_scored_song_says_why(filled, open_page, song):
    page = drop_files(open_page("score"), ("one.wav", song))
    (entry,) = results(page)
    page.at.toggle(key=f"why-scored-{entry.number}").set_value(True).run()
    assert not page.fine().errors
    p = entry.result.likelihoods
    first, second = sorted(p, key=lambda genre: -p[genre])[:2]
    assert f"What spoke for {first}" in page.text and f"What spoke for {second}" in page.text
    assert "It hears: **" in page.text


def test_a_reload_keeps_the_scored_songs(filled, open_page, song):
    before = results(drop_files(open_page("score"), ("kept.wav", song)))
    fresh = open_page("score")
    (entry,) = results(fresh)
    assert entry.result == before[0].result and entry.sound is None
    assert fresh.at.subheader[0].value == "kept"
    assert "Its sound was let go" in fresh.text
    fresh.click("scored-clear")
    assert results(open_page("score")) == []


def test_new_songs_do_not_stand_beside_old_failures(filled, open_page, song, tmp_path):
    page = drop_files(open_page("score"), ("bad.mp3", b"<html>" * 500))
    assert page.at.warning
    (tmp_path / "A - B.wav").write_bytes(song)
    page.at.text_area[0].set_value(str(tmp_path))
    next(b for b in page.at.button if b.label == "Score them").click()
    page.at.run()
    assert [entry.name for entry in results(page.fine())] == ["B"]
    assert not page.at.warning


def test_a_playlist_of_scored_songs(filled, open_page, song, tmp_path):
    for name in ("A - One.wav", "A - Two.wav"):
        (tmp_path / name).write_bytes(song)
    page = open_page("score")
    page.at.text_area[0].set_value(str(tmp_path))
    next(b for b in page.at.button if b.label == "Score them").click()
    page.at.run()
    page.at.text_input(key="score-query").set_value("jazz but not country").run()
    (button,) = [b for b in page.at.get("download_button") if b.key == "download-scored-m3u"]
    assert button.proto.help == "Download as jazz and not country.m3u"
    entries = scored_songs.playlist([entry.result for entry in results(page.fine())])
    assert sorted(entry.address for entry in entries) \
        == sorted(str(tmp_path / name) for name in ("A - One.wav", "A - Two.wav"))  # fmt: skip


def test_several_songs_make_a_table_with_downloads(filled, open_page, song):
    other = wav(pitch=990.0)
    page = drop_files(open_page("score"), ("one.wav", song), ("two.wav", other))
    table = page.frame("Title", "Artist", "Sounds like", "Remark", "Model")
    assert sorted(table["Title"]) == ["one", "two"]
    shares = table[[f"likelihood {genre}" for genre in ("country", "hip hop", "jazz")]]
    assert shares.sum(axis=1).tolist() == pytest.approx([100, 100], abs=0.2)
    labels = [b.proto.label for b in page.at.get("download_button")]
    assert {"M3U", "CSV", "JSON"} <= set(labels)
    assert "2 songs will not be in the M3U" in page.text
    table = scored_songs.full_table(results(page), None)
    assert {"likelihoods: jazz", "typicality: jazz", "unlike_all", "seconds"} <= set(table.columns)
    assert len(table) == 2


def test_a_query_gives_each_song_its_fit(filled, open_page, song):
    page = drop_files(open_page("score"), ("one.wav", song))
    page.at.text_input(key="score-query").set_value("jazz but not country").run()
    (entry,) = results(page.fine())
    p = entry.result.likelihoods
    expected = p["jazz"] * (1 - p["country"])
    (metric,) = page.at.metric
    wording = "< 1 %" if 0 < expected < 0.005 else f"{100 * expected:.0f} %"
    assert metric.label == "Fit" and metric.value == wording


def test_with_a_question_the_best_fit_stands_first(filled, open_page, song):
    page = drop_files(open_page("score"), ("one.wav", song), ("two.wav", wav(pitch=990.0)))
    for text in ("jazz", "not jazz"):
        page.at.text_input(key="score-query").set_value(text).run()
        table = page.fine().frame("Title", "Fit", "likelihood jazz")
        assert table["Fit"].is_monotonic_decreasing
        assert page.at.subheader[0].value == table["Title"].iloc[0]


def test_a_saved_situation_can_be_asked_here(filled, open_page, song):
    with open_library(filled) as library:
        library.save_situation("my wedding", "country or jazz")
    page = drop_files(open_page("score"), ("one.wav", song))
    page.at.pills(key="score-query-situation").set_value("my wedding").run()
    assert page.at.text_input(key="score-query").value == "country or jazz"
    assert page.at.metric[0].label == "Fit"


def test_an_address_or_folder_is_scored(filled, open_page, song, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "A - B.wav").write_bytes(song)
    (folder / "C - D.wav").write_bytes(wav(pitch=550.0))
    page = open_page("score")
    page.at.text_area[0].set_value(f"{folder}\n/not/there")
    (button,) = (b for b in page.at.button if b.label == "Score them")
    button.click()
    page.at.run()
    page.fine()
    good = [e for e in results(page) if isinstance(e.result, ScoredSong)]
    bad = [e for e in results(page) if isinstance(e.result, Failure)]
    assert sorted(e.result.title for e in good) == ["B", "D"]
    assert [e.name for e in bad] == ["/not/there"]
    assert (folder / "A - B.wav").exists()  # a user's own files are never touched
    assert all(entry.sound == entry.result.source for entry in good)


def test_stop_ends_a_download_in_the_middle(filled, tmp_path, monkeypatch):
    monkeypatch.setattr(score_progress, "TICK_SECONDS", 0.2)
    begun = time.monotonic()

    def show_message():  # as Streamlit does, where a run speaks to the page after a click
        if time.monotonic() - begun > 1:
            raise RerunException(RerunData())

    with servers.Site(tmp_path) as site:
        (song,) = sources.list_songs(site.url("/bad/trickle.mp3")).songs
        with pytest.raises(RerunException):
            song_drop.score_address(filled, "mine", song, score_progress.make_tick(show_message))
    assert 1 < time.monotonic() - begun < 10
    assert not [path for path in filled.work.rglob("*") if path.is_file()]


def timeline_data(page):
    (component,) = page.at.get("bidi_component")
    return json.loads(component.proto.json)


def test_the_timeline_has_every_segment_and_the_sound(filled, open_page, song):
    page = drop_files(open_page("score"), ("one.wav", song))
    (entry,) = results(page)
    data = timeline_data(page)
    assert [s["start"] for s in data["segments"]] == [0.0, 10.0, 20.0]
    assert [genre["name"] for genre in data["genres"]] == ["country", "hip hop", "jazz"]
    for segment, scored in zip(data["segments"], entry.result.timeline, strict=True):
        assert sum(segment["shares"]) == pytest.approx(100, abs=0.1)
        assert segment["shares"][2] == pytest.approx(100 * scored["likelihoods"]["jazz"], abs=0.01)
    assert data["sound"] == f"st-key-sound-scored-{entry.number}"
    assert len(page.at.get("audio")) == 1


def test_a_song_without_its_sound_still_has_its_timeline(filled, open_page, song):
    page = drop_files(open_page("score"), ("one.wav", song))
    page.at.session_state["scored"] = [replace(e, sound=None) for e in results(page)]
    page.at.run()
    assert timeline_data(page.fine())["sound"] is None
    assert "Its sound was let go" in page.text


def test_on_home_a_song_is_scored_in_short(filled, open_page, song):
    page = drop_files(open_page("home"), ("one.wav", song), key="home")
    assert "Said by your model **mine**" in page.text
    assert "score" in page.links()
    page.go("score")
    assert page.at.subheader[0].value == "one"


def test_too_many_files_at_once(filled, open_page, song, monkeypatch):
    monkeypatch.setattr(song_drop, "MOST_FILES", 1)
    page = drop_files(open_page("score"), ("one.wav", song), ("two.wav", song))
    refused = [e for e in results(page) if isinstance(e.result, Failure)]
    assert [e.name for e in refused] == ["two.wav"]
    assert "only 1 files are scored at once" in refused[0].result.reason


def test_a_slow_file_is_given_up(filled, open_page, song, monkeypatch):
    monkeypatch.setattr("genrefit.audio.decode.DECODE_SECONDS", -1.0)
    page = drop_files(open_page("score"), ("slow.wav", song))
    (entry,) = results(page)
    assert isinstance(entry.result, Failure)
    assert "took" in entry.result.reason or "longer" in entry.result.reason


def test_the_oldest_songs_let_go_of_their_sound(monkeypatch, filled, open_page, song):
    monkeypatch.setattr(score_session, "PLAYER_BYTES", len(song) + 10)
    page = drop_files(open_page("score"), ("one.wav", song), ("two.wav", wav(pitch=330.0)))
    two, one = results(page)
    assert two.sound is not None and one.sound is None


def test_a_model_that_fails_to_load_is_one_line(filled, open_page, song):
    (filled.models / "mine" / "model.skops").write_bytes(b"no")
    page = open_page("score")
    page = drop_files(page, ("one.wav", song))
    assert "changed or damaged" in "\n".join(w.value for w in page.at.warning)


def test_the_model_can_be_chosen(filled, open_page):
    page = open_page("score")
    assert page.at.selectbox(key="score-model").value == registry.in_use(filled) == "mine"
    assert "Knows country, hip hop, jazz" in page.text
