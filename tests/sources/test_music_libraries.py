from __future__ import annotations

import plistlib

import pytest

from genrefit import sources
from genrefit.errors import SourceError
from genrefit.sources.entries import Entry
from genrefit.sources.playlists import kind_of, parse
from tests.support import songs

ITUNES = {
    "Tracks": {
        "1": {"Track ID": 1, "Name": "One", "Artist": "Ann", "Total Time": 213_000,
              "Location": "file://localhost/music/Ann%20-%20One.mp3"},
        "2": {"Track ID": 2, "Name": "Two", "Location": "file:///C:/Music/Ben%20-%20Two.mp3"},
        "3": {"Track ID": 3, "Name": "Stream", "Location": "http://x.org/three.mp3"},
        "4": {"Track ID": 4, "Name": "In the cloud"},
    },
    "Playlists": [
        {"Name": "Library", "Playlist Items": [{"Track ID": n} for n in (1, 2, 3, 4)]},
        {"Name": "Jazz", "Playlist Items": [{"Track ID": 2}, {"Track ID": 99}]},
        {"Name": "Empty"},
    ],
}  # fmt: skip
REKORDBOX = """<?xml version="1.0" encoding="UTF-8"?><DJ_PLAYLISTS Version="1.0.0">
<COLLECTION Entries="2">
<TRACK TrackID="7" Name="One" Artist="Ann" TotalTime="213" Location="file://localhost/m/one.mp3"/>
<TRACK TrackID="8" Name="R&B" Artist="" Location="file://localhost/C:/m/two.mp3"/></COLLECTION>
<PLAYLISTS><NODE Type="0" Name="ROOT"><NODE Name="Jazz" Type="1"><TRACK Key="8"/></NODE>
<NODE Name="House" Type="1"><TRACK Key="7"/><TRACK Key="8"/></NODE></NODE></PLAYLISTS>
</DJ_PLAYLISTS>"""


@pytest.mark.parametrize("form", [plistlib.FMT_XML])
def test_the_songs_of_itunes(form):
    data = plistlib.dumps(ITUNES, fmt=form)
    assert kind_of(data, "Library.xml") == "itunes"
    assert parse("itunes", data, base="/l/Library.xml") == [
        Entry("/music/Ann - One.mp3", "One", "Ann", 213.0),
        Entry("C:/Music/Ben - Two.mp3", "Two", None, None),
        Entry("http://x.org/three.mp3", "Stream", None, None),
    ]
    assert [e.title for e in parse("itunes", data, base="/l/L.xml", chosen="jazz")] == ["Two"]
    with pytest.raises(SourceError, match=r"no playlist 'Pop': there are 'Library', 'Jazz'"):
        parse("itunes", data, base="/l/L.xml", chosen="Pop")


def test_the_songs_of_rekordbox():
    data = REKORDBOX.encode()
    assert kind_of(data, "r.xml") == "rekordbox"
    assert parse("rekordbox", data, base="/l/r.xml") == [
        Entry("/m/one.mp3", "One", "Ann", 213.0),
        Entry("C:/m/two.mp3", "R&B", None, None),
    ]
    chosen = parse("rekordbox", data, base="/l/r.xml", chosen="HOUSE")
    assert [e.title for e in chosen] == ["One", "R&B"]
    with pytest.raises(SourceError, match="there are 'Jazz', 'House'"):
        parse("rekordbox", data, base="/l/r.xml", chosen="Pop")


def test_a_playlist_is_chosen_behind_the_file_and_the_others_are_named(tmp_path):
    songs.folder(tmp_path / "music", {"Ann - One.mp3": 1, "Ben - Two.mp3": 2})
    library = tmp_path / "Library.xml"
    library.write_bytes(plistlib.dumps(ITUNES))
    whole = sources.list_songs(str(library))
    assert [song.title for song in whole.songs] == ["One", "Two", "Stream"]
    assert any("there are 'Library', 'Jazz'" in note for note in whole.notes)
    chosen = sources.list_songs(f"{library}#Jazz")
    assert [song.title for song in chosen.songs] == ["Two"]
    assert chosen.notes == ()
    with pytest.raises(SourceError, match="holds no playlist 'Pop'"):
        sources.list_songs(f"{library}#Pop")


@pytest.mark.parametrize(
    "data",
    [
        b"<plist>",
        b"<plist><array/></plist>",
        b"<plist><dict><key>Tracks</key></dict></plist>",
        b"<plist><dict><key>a</key><date>nonsense</date></dict></plist>",
        b"<plist><dict><integer>1</integer></dict></plist>",
        b'<!DOCTYPE plist [<!ENTITY x "y">]><plist><string>&x;</string></plist>',
        b"<plist>" + b"<array>" * 5000 + b"</array>" * 5000 + b"</plist>",
    ],
)
def test_a_broken_library_is_refused_in_a_sentence(data):
    with pytest.raises(SourceError, match="cannot be read"):
        parse("itunes", data, base="Library.xml")


@pytest.mark.parametrize("tracks", [[], 1, {"1": 2}, {"1": {"Location": 5}}])
def test_a_library_of_another_shape_names_no_songs(tracks):
    data = plistlib.dumps({"Tracks": tracks, "Playlists": "none"})
    assert [e for e in parse("itunes", data, base="L.xml") if e.title] == []
