"""Songs wait for their site's turn; a site that fails again and again is left alone."""

from __future__ import annotations

from genrefit.collecting.fetch_queue import (
    FAILURES_IN_A_ROW,
    FetchQueue,
    PlannedSong,
    alternate_genres,
)
from genrefit.sources import Limits, ListedSong, parse_address


def planned(address: str, *genres: str) -> PlannedSong:
    return PlannedSong(ListedSong(parse_address(address), address), set(genres))


def test_genres_alternate():
    songs = [planned(f"/{n}.mp3", "folk") for n in range(3)] + [planned("/9.mp3", "jazz")]
    order = [next(iter(song.genres)) for song in alternate_genres(songs)]
    assert order == ["folk", "jazz", "folk", "folk"]


def test_a_site_is_called_again_only_after_its_pause():
    songs = [planned(f"https://a.example/{n}.mp3", "jazz") for n in range(2)]
    songs += [planned("https://b.example/1.mp3", "jazz"), planned("/1.mp3"), planned("/2.mp3")]
    queue = FetchQueue(songs, Limits(pause_seconds=3600))
    taken = [song.site for song in iter(queue.next_song, None)]
    assert sorted(taken) == ["", "", "a.example", "b.example"]
    assert len(queue) == 1


def test_a_site_in_trouble_is_dropped_and_a_success_clears_it():
    songs = [planned(f"https://a.example/{n}.mp3", "jazz") for n in range(20)]
    queue = FetchQueue(songs, Limits(pause_seconds=0))
    for kind in ["network"] * (FAILURES_IN_A_ROW - 1) + [None]:
        song = queue.next_song()
        assert song is not None and queue.record(song, kind) == 0
    song = queue.next_song()
    assert song is not None
    dropped = [queue.record(song, "timeout") for _ in range(FAILURES_IN_A_ROW)]
    assert dropped == [0] * (FAILURES_IN_A_ROW - 1) + [14]
    assert queue.next_song() is None


def test_a_bad_song_is_no_trouble_of_its_site():
    queue = FetchQueue([planned("https://a.example/x.mp3")], Limits())
    song = planned("https://a.example/y.mp3")
    assert [queue.record(song, "not audio") for _ in range(10)] == [0] * 10
