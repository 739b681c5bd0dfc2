"""Files change between two collections: nothing is decoded but what sounds otherwise now."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import mutagen
import numpy as np
import pytest
from mutagen.id3 import TIT2, TPE1

from genrefit.collecting.collector import collect
from genrefit.library import genres, open_library
from genrefit.sources import file_state
from tests.support import songs
from tests.support.commands import run_process

NAMES = {"Ann - One.mp3": 1, "Ben - Two.flac": 2, "deep/Cem - Three.wav": 3}


@pytest.fixture(scope="module")
def originals(tmp_path_factory) -> Path:
    return songs.folder(tmp_path_factory.mktemp("originals"), NAMES)


@pytest.fixture
def music(originals, home, tmp_path) -> Path:
    """A folder of three songs that are collected as jazz."""
    folder = tmp_path / "music"
    shutil.copytree(originals, folder)
    genres.add(home, "jazz", [str(folder)])
    assert run(home).done == 3
    return folder


def run(home, **more):
    return collect(home, sets=("classic",), jobs=1, **more)


def retag(path: Path, artist: str, title: str) -> None:
    file = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    if path.suffix == ".flac":
        file["artist"], file["title"] = artist, title
    else:
        file.tags.add(TPE1(encoding=3, text=artist))
        file.tags.add(TIT2(encoding=3, text=title))
    file.save()


def stored(home) -> dict[str, tuple[str | None, str]]:
    """Artist and title by the file's name."""
    with open_library(home) as library:
        return {Path(s.address).name: (s.artist, s.title) for s in library.songs()}


def features(home) -> dict[str, np.ndarray]:
    with open_library(home) as library:
        return {
            Path(s.address).name: library.features(s.song_id, "classic").values
            for s in library.songs()
        }


@pytest.fixture
def no_decoding(monkeypatch):
    """Nothing is fetched, and so nothing decoded: only looking at files is allowed."""

    def refuse(self, song):
        raise AssertionError(f"{song.listed.address.text} is decoded again")

    monkeypatch.setattr("genrefit.collecting.run.CollectionRun._start_fetch", refuse)


def test_what_did_not_change_is_not_even_opened(music, home, no_decoding, monkeypatch):
    def refuse(self, given):
        raise AssertionError(f"{given} are read again")

    monkeypatch.setattr("genrefit.collecting.run.CollectionRun.look_at_files", refuse)
    result = run(home)
    assert (result.done, result.skipped, result.notes) == (0, 3, ())


@pytest.mark.parametrize("name", NAMES)
def test_new_tags_are_taken_without_decoding(name, music, home, no_decoding):
    before = features(home)
    retag(music / name, "Zoë", "New Title")
    assert "1 song got the new tags of their files" in run(home).notes
    assert stored(home)[Path(name).name] == ("Zoë", "New Title")
    np.testing.assert_array_equal(features(home)[Path(name).name], before[Path(name).name])
    assert run(home).notes == ()


def test_a_touched_file_changes_nothing(music, home, no_decoding):
    os.utime(music / "Ann - One.mp3", (2e9, 2e9))
    before = stored(home)
    assert run(home).notes == () and stored(home) == before


@pytest.mark.parametrize("retagged", [False, True])
def test_a_moved_or_renamed_file_is_the_same_song(retagged, music, home, no_decoding):
    with open_library(home) as library:
        ids = {s.song_id for s in library.songs()}
        moved_id = next(s.song_id for s in library.songs() if s.title == "One")
        library.add_to_genre(moved_id, "jazz")
    (music / "new").mkdir()
    target = music / "new" / "Else - Other.mp3"
    (music / "Ann - One.mp3").rename(target)
    if retagged:
        retag(target, "Zoë", "New")
    notes = run(home).notes
    assert "1 file was moved or renamed" in notes and not any("gone" in n for n in notes)
    with open_library(home) as library:
        assert {s.song_id for s in library.songs()} == ids
        song = library.song(moved_id)
    assert song.address == str(target) and song.genres == ("jazz",)
    assert (song.artist, song.title) == (("Zoë", "New") if retagged else ("Ann", "One"))


def test_a_song_that_was_taken_out_stays_out_when_its_file_moves(music, home, no_decoding):
    genres.add(home, "folk", [str(music)])
    run(home)
    with open_library(home) as library:
        song = next(s for s in library.songs() if s.title == "One")
        library.remove_from_genre(song.song_id, "folk")
    (music / "Ann - One.mp3").rename(music / "moved.mp3")
    run(home)
    with open_library(home) as library:
        assert library.song(song.song_id).genres == ("jazz",)


def test_a_replaced_file_is_listened_to_again(music, home):
    before = features(home)
    songs.write(music / "Ben - Two.flac", 7)
    result = run(home)
    assert result.done == 1 and any("1 file was replaced" in note for note in result.notes)
    after = features(home)
    assert len(after) == 3
    assert not np.array_equal(after["Ben - Two.flac"], before["Ben - Two.flac"])
    np.testing.assert_array_equal(after["Ann - One.mp3"], before["Ann - One.mp3"])
    assert run(home).notes == ()


def test_a_file_replaced_by_a_copy_of_another_song_is_that_song(music, home, no_decoding):
    shutil.copy(music / "Ben - Two.flac", music / "deep" / "Cem - Three.wav")
    run(home)
    assert sorted(stored(home)) == ["Ann - One.mp3", "Ben - Two.flac"]
    assert run(home).notes == ()


def test_another_song_in_the_old_place_of_a_moved_one_is_a_song_of_its_own(music, home):
    (music / "Ann - One.mp3").rename(music / "Ann - Moved.mp3")
    run(home)
    songs.write(music / "Ann - One.mp3", 9)
    assert run(home).done == 1
    with open_library(home) as library:
        assert len(library.songs()) == 4 and len({s.song_id for s in library.songs()}) == 4
        assert len(library.keys()) == 4


def test_vanished_files_are_said_kept_or_dropped_and_come_back(music, home):
    (music / "Ann - One.mp3").rename(music.parent / "away.mp3")
    notes = run(home).notes
    assert any("the files of 1 song are gone (One)" in n and "--drop-vanished" in n for n in notes)
    assert len(stored(home)) == 3
    assert any("the songs were dropped" in note for note in run(home, drop_vanished=True).notes)
    assert len(stored(home)) == 2
    with open_library(home) as library:
        library.undo()
    assert len(stored(home)) == 3
    run(home, drop_vanished=True)
    (music.parent / "away.mp3").rename(music / "Ann - One.mp3")
    assert run(home).done == 1 and len(stored(home)) == 3


def test_a_source_that_is_away_as_a_whole_drops_nothing(music, home):
    music.rename(music.parent / "unmounted")
    result = run(home, drop_vanished=True)
    assert result.failed_sources == 1 and not any("gone" in n for n in result.notes)
    assert len(stored(home)) == 3
    music.mkdir()  # a mount point without its disk
    run(home, drop_vanished=True)
    assert len(stored(home)) == 3


def test_a_copy_whose_first_place_is_gone_keeps_the_song(music, home, no_decoding):
    shutil.copy(music / "Ann - One.mp3", music / "copy.mp3")
    run(home)
    (music / "Ann - One.mp3").unlink()
    assert not any("gone" in note for note in run(home).notes)
    assert "copy.mp3" in stored(home) and len(stored(home)) == 3


def test_a_damaged_file_that_was_mended_is_tried_again(music, home):
    path = music / "bad.mp3"
    path.write_bytes(b"no sound")
    assert run(home).failed == 1
    assert (run(home).failed, run(home).skipped) == (0, 4)
    songs.write(path, 11)
    os.utime(path, (2e9, 2e9))
    assert run(home).done == 1
    with open_library(home) as library:
        assert library.failures() == []


def test_a_library_of_a_version_that_kept_no_stamps_reads_nothing(music, home, no_decoding):
    with open_library(home) as library, library.transaction() as db:
        db.execute("DELETE FROM song_files")
    assert run(home).notes == ()
    with open_library(home) as library:
        assert len(library.song_files()) == 3
    retag(music / "Ann - One.mp3", "A", "B")
    # Its sound was not known, so that it is listened to again.
    with pytest.raises(AssertionError, match="decoded again"):
        run(home)


def test_the_check_names_missing_and_changed_files(music, home):
    assert run_process(home.path, "library", "--check")[1].strip() == "the library is sound"
    (music / "Ann - One.mp3").unlink()
    songs.write(music / "Ben - Two.flac", 7)
    _, out, _ = run_process(home.path, "library", "--check")
    assert "Ann - One.mp3" in out and "gone" in out
    assert "Ben - Two.flac" in out and "changed since" in out


@pytest.mark.parametrize("ending", ["mp3", "flac", "wav"])
def test_the_digest_of_the_sound_is_the_same_whatever_the_tags(ending, tmp_path):
    path = songs.write(tmp_path / f"song.{ending}", 1)
    before, whole = file_state.audio_digest(path), file_state.read_state(path).content
    retag(path, "Someone " * 100, "Else")
    assert file_state.audio_digest(path) == before != ""
    assert file_state.read_state(path).content != whole
    assert file_state.audio_digest(songs.write(tmp_path / f"other.{ending}", 2)) != before
    assert file_state.audio_digest(tmp_path / "nowhere.mp3") == ""
