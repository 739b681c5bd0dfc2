"""Lists name lists, and say what they leave out."""

from __future__ import annotations

import pytest

from genrefit import sources
from genrefit.errors import SourceError
from genrefit.sources import list_reading
from tests.conftest import SHARED
from tests.sources.conftest import HASTY
from tests.support import songs

CASES = SHARED / "cases"
needs_cases = pytest.mark.skipif(not CASES.is_dir(), reason="no cases here")
FEEDS = sorted((CASES / "15-feeds").glob("*.rss")) + sorted((CASES / "15-feeds").glob("*.atom"))
FIVE = {
    "Ärger - Größe.mp3", "Abé - Xyü.mp3", "plain.mp3", "comma, name - A, B.mp3",
    "100% Hits & More #1.mp3",
}  # fmt: skip


def names(listing: sources.Listing) -> set[str]:
    return {song.address.text.rpartition("/")[2] for song in listing.songs}


@needs_cases
@pytest.mark.parametrize(
    "name", ["rel.m3u", "nested.m3u", "vlc_percent.m3u8", "winabs.m3u", "x_rel.xspf"]
)
def test_playlists_of_other_programs_find_all_songs(name):
    listing = sources.list_songs(str(CASES / "14-playlists" / name))
    assert names(listing) == FIVE
    assert listing.notes == ()


@needs_cases
@pytest.mark.parametrize(
    "name", ["comment.m3u", "pls_comment.pls", "pls_nohead.pls", "itunes.xml", "rekordbox.xml"]
)
def test_lists_of_one_song_find_it(name):
    assert names(sources.list_songs(str(CASES / "14-playlists" / name))) == {"plain.mp3"}


@needs_cases
def test_a_text_of_addresses_is_a_list():
    (song,) = sources.list_songs(str(CASES / "14-playlists" / "urls.txt")).songs
    assert song.address.text == "http://127.0.0.1:8765/plain.mp3"


@needs_cases
@pytest.mark.parametrize(
    "path", sorted((CASES / "15-feeds").glob("*.[ra]*s*")), ids=lambda p: p.name
)
def test_feeds_of_other_programs_give_the_audio(path):
    (song,) = sources.list_songs(str(path)).songs
    assert song.address.text.startswith("http://127.0.0.1:8765/one.mp3")
    assert song.title == "T"


@needs_cases
def test_a_file_s_own_tags_go_before_the_list():
    listing = sources.list_songs(str(CASES / "05-itunes-order" / "itunes.m3u8"))
    assert {song.artist for song in listing.songs} == {"Miles Davis"}
    assert listing.songs[0].title == "So What"


def test_what_is_left_out_is_counted_and_named_by_reason(tmp_path):
    songs.folder(tmp_path, {"Ann - One.mp3": 1})
    lines = ["Ann - One.mp3", *(f"gone {n}.mp3" for n in range(8)), "cover.jpg", "disc.cue"]
    (tmp_path / "list.m3u").write_text("\n".join(lines))
    listing = sources.list_songs(str(tmp_path / "list.m3u"))
    assert len(listing.songs) == 1
    missing, other = listing.notes
    assert missing.startswith("8 lines left out (it is not there): ")
    assert missing.endswith("and 3 more")
    assert other.startswith("2 lines left out (it is no audio file): ")
    assert "disc.cue" in other


def test_a_list_of_missing_files_says_so_and_is_not_tried_again(tmp_path):
    (tmp_path / "list.m3u").write_text("a.mp3\nb.mp3\n")
    with pytest.raises(SourceError, match=r"2 lines left out \(it is not there\)") as caught:
        sources.list_songs(str(tmp_path / "list.m3u"))
    assert not caught.value.retry


def test_a_cue_sheet_is_named_and_not_read(tmp_path):
    (tmp_path / "disc.cue").write_text('FILE "disc.flac" WAVE\n  TRACK 01 AUDIO\n')
    with pytest.raises(SourceError, match="it is a cue sheet"):
        sources.list_songs(str(tmp_path / "disc.cue"))


def test_lists_that_name_each_other_end(tmp_path):
    songs.folder(tmp_path, {"Ann - One.mp3": 1})
    (tmp_path / "a.m3u").write_text("b.m3u\nAnn - One.mp3\na.m3u\n")
    (tmp_path / "b.m3u").write_text("a.m3u\nb.m3u\n")
    assert len(sources.list_songs(str(tmp_path / "a.m3u")).songs) == 1


def test_lists_too_deep_or_too_many_are_left_out(tmp_path, monkeypatch):
    songs.folder(tmp_path, {"Ann - One.mp3": 1})
    for n in range(6):
        (tmp_path / f"{n}.m3u").write_text(f"{n + 1}.m3u\n")
    (tmp_path / "0.m3u").write_text("1.m3u\nAnn - One.mp3\n")
    listing = sources.list_songs(str(tmp_path / "0.m3u"))
    assert "3 lists deep" in listing.notes[0]
    monkeypatch.setattr(list_reading, "MOST_LIST_BYTES", 5)
    with pytest.raises(SourceError, match="which no list of songs is"):
        sources.list_songs(str(tmp_path / "0.m3u"))


def test_lists_on_the_network_name_lists_there(site):
    song = site.song(site.files[0])
    site.add("/inner.m3u", f"#EXTM3U\n#EXTINF:11,A - T\n{song}\n")
    opml = f'<opml><body><outline xmlUrl="{site.url("/inner.m3u")}"/></body></opml>'
    outer = "#EXTM3U\ninner.m3u\ngone.m3u\nfile:///etc/passwd\n"
    listing = sources.list_songs(site.add("/outer.m3u", outer), limits=HASTY)
    assert [s.title for s in listing.songs] == ["T"]
    assert any("gone.m3u" in note for note in listing.notes)
    listing = sources.list_songs(site.add("/feeds.opml", opml), limits=HASTY)
    assert [s.title for s in listing.songs] == ["T"]


def test_a_list_never_names_files_that_are_none_of_its_user_s_music(tmp_path):
    inner = tmp_path / "lists"
    inner.mkdir()
    songs.folder(tmp_path / "private", {"Ann - One.mp3": 1})
    (inner / "list.m3u").write_text(f"/etc/passwd\n{tmp_path}/private/Ann - One.mp3\n../x.mp3\n")
    with pytest.raises(SourceError, match="outside the list's folder"):
        sources.list_songs(str(inner / "list.m3u"))
    allowed = sources.Limits(music_folders=(str(tmp_path / "private"),))
    assert len(sources.list_songs(str(inner / "list.m3u"), limits=allowed).songs) == 1
