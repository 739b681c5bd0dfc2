"""What is found in a folder, what is left out, and how that is said."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genrefit import sources
from genrefit.audio import frames
from genrefit.errors import SourceError
from genrefit.sources import endings, folders, urls


def put(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return folder


def names_of(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folders.contents(folder).paths]


def test_what_is_left_out_is_counted_and_named_by_kind(tmp_path):
    put(tmp_path, "a.mp3", "1.cue", "2.cue", "f.jpg", "b.JPEG", "c.png", "d.webp")
    assert folders.contents(tmp_path).notes() == ["6 files left out: 2 .cue, 4 pictures"]
    put(tmp_path, "list.m3u8", "notes.txt", "noending", ".hidden.mp3", "._a.mp3", "Thumbs.db")
    assert folders.contents(tmp_path).notes() == [
        "12 files left out: 2 .cue, 1 file without an ending, 1 hidden file, 4 pictures, "
        "1 playlist, 2 system files, 1 text"
    ]


def test_folders_that_systems_keep_are_left_out_and_said(tmp_path):
    put(tmp_path, "a/b.mp3", "$RECYCLE.BIN/c.mp3", "@eaDir/d.mp3", ".Trash-1000/e.mp3")
    put(tmp_path, "__MACOSX/f.mp3", ".git/g.mp3", "x/#recycle/h.mp3", "x/@eaDir/i.mp3")
    assert names_of(tmp_path) == ["a/b.mp3"]
    (note,) = folders.contents(tmp_path).notes()
    assert (
        note
        == "7 folders left out: $RECYCLE.BIN, .Trash-1000, hidden, 2 x @eaDir, __MACOSX, #recycle"
    )


def test_only_a_single_dot_hides_a_file(tmp_path):
    put(tmp_path, "...Baby One More Time.mp3", "..x.mp3", ".y.mp3", "...And Justice/z.mp3")
    assert names_of(tmp_path) == ["...Baby One More Time.mp3", "..x.mp3", "...And Justice/z.mp3"]


def test_links_are_followed_never_in_circles_and_copies_by_link_come_once(tmp_path):
    music = put(tmp_path / "music", "a.mp3", "deep/b.mp3")
    (music / "deep" / "up").symlink_to(music)
    (music / "self").symlink_to("self")
    (music / "again.mp3").symlink_to("a.mp3")
    (music / "gone.mp3").symlink_to("nowhere.mp3")
    (music / "one").symlink_to("two")
    (music / "two").symlink_to("one")
    found = folders.contents(music)
    assert [path.name for path in found.paths] == ["a.mp3", "b.mp3"]
    assert found.left_out == {"link in a circle": 3, "link to nothing": 1}


def test_pipes_devices_and_sockets_are_counted_and_not_opened(tmp_path):
    put(tmp_path, "a.mp3")
    os.mkfifo(tmp_path / "pipe.mp3")
    (tmp_path / "zero.mp3").symlink_to("/dev/zero")
    assert folders.contents(tmp_path).notes() == ["2 files left out: 1 device, 1 named pipe"]
    assert len(sources.list_songs(str(tmp_path)).songs) == 1


@pytest.mark.parametrize("name", [b"caf\xe9 - th\xe9.mp3", b"\xff\xfe.mp3", b"\x83\x65.mp3"])
def test_a_name_that_is_no_utf_8_is_listed_stored_and_found_again(name, tmp_path):
    folder = tmp_path / os.fsdecode(b"fol\xe9der")
    folder.mkdir()
    (folder / os.fsdecode(name)).write_bytes(b"x")
    for source in (str(folder), urls.storable(str(folder))):
        (song,) = sources.list_songs(source).songs
        for text in (song.title, song.artist or "", song.address.text, song.key):
            assert text.encode("utf-8") is not None
        again = urls.parse_address(song.address.text)
        assert again == song.address
        assert os.fsencode(again.path.name) == name and again.path.read_bytes() == b"x"
    if name.startswith(b"caf"):
        assert (song.artist, song.title) == ("café", "thé")


@pytest.mark.parametrize("name", ["ends in a space ", " begins so", "two\nlines", "tab\t", "ok"])
def test_a_folder_of_any_name_is_a_source(name, tmp_path):
    folder = put(tmp_path / name, "a.mp3")
    stored = urls.storable(str(folder))
    assert stored == stored.strip() and "\n" not in stored
    for source in (str(folder), stored):
        assert len(sources.list_songs(source).songs) == 1, source
    assert (stored == str(folder)) == (name in ("ok", " begins so"))


@given(st.text(max_size=20), st.sampled_from(["", "/tmp/", "http://", "https://a.b/", "file:///"]))
def test_any_text_is_an_address_or_a_sentence(text, before):
    try:
        address = urls.parse_address(before + text)
    except SourceError as error:
        assert str(error)
        return
    assert address.text.encode("utf-8") is not None and address.key.encode("utf-8") is not None


@pytest.mark.parametrize("source", ["http://x/\ud800", "/tmp/\udfff\ud800", "\ud800", "a\0b"])
def test_half_a_character_is_refused_in_a_sentence_that_can_be_printed(source):
    with pytest.raises(SourceError) as caught:
        sources.list_songs(source)
    assert str(caught.value).encode("utf-8") is not None


def test_missing_and_empty_sources_say_so(tmp_path):
    for path, words in ((tmp_path, "holds no audio files"), (tmp_path / "no", "no such file")):
        with pytest.raises(SourceError, match=words):
            sources.list_songs(str(path))
    put(tmp_path, "a.cue")
    with pytest.raises(SourceError, match=re.escape("1 file left out: 1 .cue")):
        sources.list_songs(str(tmp_path))


def test_every_ending_of_the_containers_that_are_read_is_collected():
    """By FFmpeg's own lists of endings; those of pictures and playlists apart."""
    no_sound = {"avif", "heic", "heif", "mks", "apl", "ism", "mj2", "psp"}
    named = set(frames.CONTAINERS.split(","))
    for name in av.format.formats_available:
        with suppress(ValueError):  # it is written only
            container = av.format.ContainerFormat(name, "r")
            if named & set(container.name.split(",")):
                known = {f".{ending}" for ending in container.extensions - no_sound}
                assert known <= endings.AUDIO_ENDINGS, name
                named -= set(container.name.split(","))
    assert named <= {"latm"}


# fmt: off
@pytest.mark.parametrize("ending", [
    ".mkv", ".mov", ".avi", ".wave", ".mpga", ".m4r", ".w64", ".dsf", ".aif", ".aiff", ".aifc",
    ".wv", ".ape", ".tta", ".mka", ".mp2", ".ac3", ".au", ".caf", ".amr", ".spx", ".oga", ".opus",
    ".wma", ".3gp", ".mp4", ".m4b", ".MP3", ".Flac",
])
def test_what_can_be_decoded_is_collected(ending, tmp_path):
    # fmt: on
    assert names_of(put(tmp_path, f"song{ending}")) == [f"song{ending}"]


def test_the_cases_of_other_endings_are_all_listed(cases):
    assert len(sources.list_songs(str(cases / "12-endings")).songs) == 6
