"""The demo goes as it came, and takes nothing of the user's along."""

from __future__ import annotations

from genrefit import demo, history
from genrefit.demo import builder
from genrefit.library import genres, open_library
from genrefit.records import Song


def test_what_the_demo_made_is_removed_and_the_users_own_stays(home):
    of_demo = demo.genre(demo.STYLES[0])
    builder._write_manifest(home, 0, demo.STYLES)
    demo.folder(home, demo.STYLES[0]).mkdir(parents=True)
    genres.add(home, of_demo)
    genres.add(home, "jazz")
    with open_library(home) as library:
        for name, own in (("a", (of_demo,)), ("b", ("jazz",)), ("c", (of_demo, "jazz"))):
            library.add(Song(name, name, f"/{name}.mp3", name, None, 20.0, name, own), {})
    assert demo.is_demo(home)
    assert demo.remove(home) == 1
    assert not demo.is_demo(home)
    with open_library(home) as library:
        assert {song.song_id: song.genres for song in library.songs()} \
            == {"b": ("jazz",), "c": ("jazz",)}  # fmt: skip
    assert list(genres.read(home)) == ["jazz"]
    assert not builder.songs_folder(home).exists()
    assert history.undo(home).what == "removed the demo"
    assert demo.is_demo(home) and demo.folder(home, demo.STYLES[0]).is_dir()
    with open_library(home) as library:
        assert library.song("a").genres == (of_demo,)
