"""What is fetched, tried again, or left alone, by what the library has."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from genrefit.collecting.planner import SOURCE_KEY, Planner
from genrefit.features import FEATURE_SETS
from genrefit.library import open_library
from genrefit.records import FailedSong, Features, Genre, Song
from genrefit.sources import ListedSong, Listing, parse_address

GENRES = {
    "jazz": Genre("jazz", ("list-1", "list-2")),
    "folk": Genre("folk", ("list-2",)),
    "rock": Genre("rock"),
}


def url(number: int) -> str:
    return f"https://songs.example/{number}.mp3"


def listed(number: int) -> ListedSong:
    return ListedSong(parse_address(url(number)), f"Song {number}")


LISTINGS = {
    "list-1": Listing((listed(1), listed(2)), ("one was left out",)),
    "list-2": Listing((listed(2), listed(3))),
}


def stored(number: int, *genres: str) -> Song:
    song = listed(number)
    return Song(song.song_id, song.key, url(number), song.title, "Ann", 60.0, f"c{number}", genres)


def failed(number: int, *genres: str, retry: bool) -> FailedSong:
    return FailedSong(url(number), url(number), "Live - 1969", "A - B", genres, "no", "gone", retry)


def arrays(name: str) -> dict[str, Features]:
    width = len(FEATURE_SETS[name].columns)
    return {name: Features(np.zeros(1, np.float32), np.zeros((1, width), np.float32))}


@pytest.fixture
def library(home):
    with open_library(home) as library:
        yield library


class Looks:
    """Lists what stands in LISTINGS, whose files are nowhere."""

    def list_sources(self, by_source):
        return {source: LISTINGS[source] for source in by_source if source in LISTINGS}

    def look_at_files(self, given):
        return {}


def planner(library, *, sets=("classic",)) -> Planner:
    return Planner(library, GENRES, sets, Looks())


def test_a_song_in_two_lists_is_fetched_once_for_all_their_genres(library):
    plan = planner(library).plan_new()
    assert {key: song.genres for key, song in plan.songs.items()} == {
        url(1): {"jazz"},
        url(2): {"jazz", "folk"},
        url(3): {"jazz", "folk"},
    }
    assert plan.notes == ["rock has no sources yet", "list-1: one was left out"]


def test_what_is_stored_failed_or_taken_out_is_skipped(library):
    library.add(stored(1, "jazz"), arrays("classic"))
    library.record_failure(failed(2, "jazz", retry=True))
    library.add(stored(3, "folk"), arrays("classic"))
    library.remove_from_genre(listed(3).song_id, "folk")
    plan = planner(library).plan_new()
    assert (plan.songs, plan.skipped) == ({}, 3)
    assert library.song(listed(3).song_id).genres == ("jazz",)


def test_a_retry_has_the_artist_and_the_title_that_the_song_was_listed_with(library):
    library.record_failure(failed(7, "jazz", retry=True))
    library.record_failure(failed(8, "jazz", retry=False))
    library.record_failure(failed(9, "pop", retry=True))
    plan = planner(library).plan_failed()
    (song,) = plan.songs.values()
    assert (song.listed.artist, song.listed.title) == ("A - B", "Live - 1969")
    assert (song.listed.address.text, song.genres, plan.skipped) == (url(7), {"jazz"}, 1)


def test_a_source_that_could_not_be_listed_is_listed_again(library):
    row = failed(1, "folk", retry=True)
    library.record_failure(replace(row, key=SOURCE_KEY + "list-2", address="list-2"))
    assert set(planner(library).plan_failed().songs) == {url(2), url(3)}


def test_a_refresh_is_for_songs_that_lack_a_set_or_have_an_old_version_of_it(library):
    library.add(stored(1, "jazz"), arrays("classic"))
    library.add(stored(2, "folk"), arrays("classic") | arrays("timbre"))
    library.add(stored(3, "pop"), arrays("classic"))
    plan = planner(library, sets=("classic", "timbre")).plan_refresh()
    (song,) = plan.songs.values()
    assert song.stored is not None and song.stored.song_id == listed(1).song_id
    assert (song.sets, set(song.every_set)) == (("timbre",), {"classic", "timbre"})


def test_a_refresh_passes_over_a_feature_set_that_is_no_longer_known(library):
    library.add(stored(1, "jazz"), arrays("classic"))
    with library.transaction() as db:
        db.execute("INSERT INTO features SELECT song_id, 'gone', 1, width, starts, vals "
                   "FROM features")  # fmt: skip
    assert not planner(library, sets=("classic",)).plan_refresh().songs
    notes = planner(library, sets=("classic",)).plan_new().notes
    assert any("'gone'" in note and "left out" in note for note in notes)
    (song,) = planner(library, sets=("classic", "timbre")).plan_refresh().songs.values()
    assert (song.sets, set(song.every_set)) == (("timbre",), {"classic", "timbre"})
