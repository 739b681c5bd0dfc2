"""Songs come out of every kind of source through the real yt-dlp."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from genrefit import sources
from genrefit.errors import SourceError
from tests.sources.conftest import HASTY
from tests.support import servers


def artists_and_titles(listing: sources.Listing) -> list[tuple[str | None, str]]:
    return [(song.artist, song.title) for song in listing.songs]


EXPECTED = [("The Ones", "First & last"), ("Zoë Ünal", "Füße #2 100%"), (None, "three")]


def test_a_folder_is_listed_with_what_its_files_say(music_folder, tmp_path):
    listing = sources.list_songs(str(music_folder))
    assert artists_and_titles(listing) == EXPECTED
    assert [song.seconds for song in listing.songs] == pytest.approx([11.0] * 3, abs=0.1)
    assert all(song.key == str(Path(song.address.text).resolve()) for song in listing.songs)
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "round").symlink_to(linked)
    (linked / "there").symlink_to(music_folder)
    (linked / ".hidden.mp3").write_bytes(b"x")
    (linked / "notes.txt").write_text("x")
    assert sources.list_songs(str(linked)).songs[0].key == listing.songs[0].key
    assert len(sources.list_songs(str(linked)).songs) == 3


@pytest.mark.parametrize("path", servers.LISTS)
def test_every_kind_of_list_names_the_same_songs(site, path):
    listing = sources.list_songs(site.url(path), limits=HASTY)
    assert artists_and_titles(listing) == EXPECTED
    assert [song.key for song in listing.songs] == [
        sources.parse_address(site.song(file)).key for file in site.files
    ]


@pytest.mark.parametrize("ending", ["m3u", "pls", "xspf"])
def test_a_local_playlist_finds_its_files(music_folder, tmp_path, ending, monkeypatch):
    monkeypatch.setenv("GENREFIT_MUSIC", str(music_folder))
    entries = [(str(path), path.stem) for path in sorted(music_folder.rglob("*.*"))]
    playlist = tmp_path / f"list.{ending}"
    playlist.write_text(getattr(servers, ending)(entries), encoding="utf-8")
    listing = sources.list_songs(str(playlist))
    assert {s.key for s in listing.songs} == {
        s.key for s in sources.list_songs(str(music_folder)).songs
    }


def test_a_direct_address_and_a_local_file_are_one_song_each(site):
    file = site.files[0]
    for source in (site.song(file), str(file)):
        assert artists_and_titles(sources.list_songs(source, limits=HASTY)) == EXPECTED[:1]


def test_a_song_that_a_list_names_twice_is_listed_once(site):
    address = site.song(site.files[0])
    body = f"#EXTM3U\n{address}\n{address}#again\n{address.replace('http', 'HTTP')}\n"
    listing = sources.list_songs(site.add("/twice.m3u", body), limits=HASTY)
    assert len(listing.songs) == 1


def test_a_youtube_video_is_listed_without_asking_youtube():
    listing = sources.list_songs("https://youtu.be/dQw4w9WgXcQ")
    assert listing.songs[0].key == "youtube:dQw4w9WgXcQ"
    assert listing.songs[0].address.text == "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


def test_a_long_list_is_cut_and_says_so(site):
    listing = sources.list_songs(site.url("/songs.m3u"), limits=replace(HASTY, most_songs=2))
    assert len(listing.songs) == 2
    assert listing.notes == ("only its first 2 songs are taken of the 3 or more it has",)


def test_bad_lines_of_a_list_are_named_and_the_others_stay(site):
    body = f"#EXTM3U\nhttp://[bad/x.mp3\n{site.song(site.files[0])}\nhttp://a:b/y.mp3\n"
    listing = sources.list_songs(site.add("/bad.m3u", body), limits=HASTY)
    assert artists_and_titles(listing) == EXPECTED[:1]
    assert any("a:b" in note and "no web address" in note for note in listing.notes)


@pytest.mark.parametrize(
    ("path", "kind", "retry"),
    [
        ("/bad/gone.mp3", "gone", False),
        ("/nothing.m3u", "gone", False),
        ("/bad/broken.mp3", "server", True),
        ("/bad/trickle.html", "too slow", True),
        ("/bad/loop-1.mp3", "loop", False),
        ("/about", "unsupported", False),
    ],
)
def test_a_source_that_cannot_be_listed_says_why(site, path, kind, retry):
    site.add("/about", "<html><p>All about me", "text/html")
    began = time.monotonic()
    with pytest.raises(SourceError, match=r"^http://127\.0\.0\.1") as caught:
        sources.list_songs(site.url(path), limits=HASTY)
    assert (caught.value.kind, caught.value.retry) == (kind, retry)
    assert time.monotonic() - began < 15


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("no such folder", "no such file or folder"),
        ("ftp://example.org/x.mp3", "only http"),
        ("http://nowhere.invalid/x.m3u", "name is not known"),
    ],
)
def test_sources_out_of_reach_say_why(source, message):
    with pytest.raises(SourceError, match=message) as caught:
        sources.list_songs(source, limits=HASTY)
    assert str(caught.value).startswith(source)


def test_an_empty_folder_says_what_would_count(tmp_path):
    with pytest.raises(SourceError, match="holds no audio files"):
        sources.list_songs(str(tmp_path))


def test_a_files_own_tag_beats_what_its_list_says(cases):
    listing = sources.list_songs(str(cases / "05-itunes-order" / "itunes.m3u8"))
    assert {song.artist for song in listing.songs} == {"Miles Davis"}
    assert listing.songs[0].title == "So What" and len(listing.songs) == 6


def test_track_numbers_are_no_part_of_an_artist(cases):
    listing = sources.list_songs(str(cases / "06-numbered"))
    assert [(song.artist, song.title) for song in listing.songs] == [
        ("Miles Davis", f"Song {number}") for number in range(6)
    ]


def test_tags_in_legacy_encodings_are_text(cases):
    listing = sources.list_songs(str(cases / "09-legacy-tags"))
    assert artists_and_titles(listing) == [("Björk", "Jóga"), ("椎名林檎", "丸の内")]
