"""What a collection has to do: which songs to fetch, and which to leave alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from genrefit import features
from genrefit.collecting.changed_files import FileChanges
from genrefit.collecting.fetch_queue import PlannedSong
from genrefit.library import Library
from genrefit.records import FailedSong, FileState, Genre, Song
from genrefit.sources import ListedSong, Listing, parse_address

SOURCE_KEY = "source:"
"""Before the address of a source that could not be listed, as its key among the failures."""

GenresBySource = Mapping[str, set[str]]


class Looks(Protocol):
    """Lists sources and reads files; the results lack those that could not be."""

    def list_sources(self, by_source: GenresBySource, /) -> Mapping[str, Listing]: ...  # noqa: D102

    def look_at_files(self, songs: Sequence[ListedSong], /) -> Mapping[str, FileState]: ...  # noqa: D102


@dataclass(slots=True)
class Plan:
    """Songs to fetch by key, how many are left alone, and sentences for the user."""

    songs: dict[str, PlannedSong] = field(default_factory=dict)
    skipped: int = 0
    notes: list[str] = field(default_factory=list)


class Planner:
    """Plans a collection of `genres` with the feature sets `sets`, by what the library has."""

    def __init__(
        self,
        library: Library,
        genres: Mapping[str, Genre],
        sets: tuple[str, ...],
        workers: Looks,
        *,
        again: tuple[str, ...] = (),
        drop_vanished: bool = False,
    ) -> None:
        """Make a planner; what failed for a reason of the kinds `again` is planned anew.

        Songs whose files are gone stay, unless `drop_vanished`.
        """
        self._again, self._drop_vanished = again, drop_vanished
        self._changes = FileChanges(library, workers.look_at_files)
        self._library, self._genres, self._sets = library, genres, sets
        self._list_sources = workers.list_sources
        self._listed_sources: set[str] = set()
        self._ids = library.keys()
        self._genres_of = {song.song_id: set(song.genres) for song in library.songs()}

    def plan_new(self) -> Plan:
        """List every source; stored songs get the genres that are new for them."""
        plan = Plan()
        by_source: dict[str, set[str]] = {}
        for genre in self._genres.values():
            if not genre.sources:
                plan.notes.append(f"{genre.name} has no sources yet")
            for source in genre.sources:
                by_source.setdefault(source, set()).add(genre.name)
        songs = self._songs_by_key(by_source, plan)
        self._notice_changes(songs, by_source, plan)
        failed_before = self._failed_before(songs)
        excluded, back = self._library.exclusions(), self._library.labels_to_come_back()
        for key, song in songs.items():
            song.genres -= {name for name in song.genres if (key, name) in excluded}
            if key in back:  # with its labels of before, whatever its source says
                song.genres = back[key] & set(self._genres)
            if key in self._changes.replaced and song.genres:
                plan.songs[key] = self._anew(song, self._changes.replaced[key])
            elif self._add_genres_of_stored(song) or key in failed_before or not song.genres:
                plan.skipped += 1
            else:
                plan.songs[key] = song
        plan.notes += self._notes_on_outdated()
        return plan

    def _notice_changes(
        self, songs: Mapping[str, PlannedSong], by_source: GenresBySource, plan: Plan
    ) -> None:
        """Store what became of the user's own files since, and say so."""
        self._changes.notice(songs)
        self._ids = self._library.keys()
        # What a source of this computer that cannot be listed now has is not known to be gone.
        unknown = {
            name
            for source, names in by_source.items()
            if source not in self._listed_sources and not parse_address(source).is_remote
            for name in names
        }
        self._changes.notice_gone(set(self._genres) - unknown)
        if self._drop_vanished and self._changes.gone:
            self._library.drop_gone([song.song_id for song in self._changes.gone])
        plan.notes += self._changes.notes(dropped=self._drop_vanished)

    def _failed_before(self, songs: Mapping[str, PlannedSong]) -> set[str]:
        """Return the keys of what failed before, but for files that were changed since."""
        at = self._library.times_failed()
        keys = {f.key for f in self._library.failures() if f.kind not in self._again}
        changed = {
            key
            for key in keys & songs.keys()
            if (stamp := songs[key].listed.stamp) and stamp[1] / 1e9 > at[key]
        }
        return keys - changed

    def _anew(self, song: PlannedSong, stored: Song) -> PlannedSong:
        """Plan to fetch a stored song again, whose file is another now."""
        sets = self._sets_of(self._library.feature_versions().get(stored.song_id, {}))
        return PlannedSong(song.listed, song.genres, sets, stored, sets)

    def _sets_of(self, stored: Iterable[str]) -> tuple[str, ...]:
        # A set of an older program may be unknown to this one: it cannot be computed.
        return tuple({*self._sets, *(features.FEATURE_SETS.keys() & set(stored))})

    def plan_failed(self) -> Plan:
        """Try what failed before and may pass now, and list again what could not be listed."""
        plan = Plan()
        by_source: dict[str, set[str]] = {}
        failures = self._library.failures()
        for failed in failures:
            names = set(failed.genres) & set(self._genres)
            if not names:
                continue
            if not failed.retry:
                plan.skipped += 1
            elif failed.key.startswith(SOURCE_KEY):
                by_source[failed.address] = names
            else:
                plan.songs[failed.key] = PlannedSong(_listed(failed), names, self._sets)
        final_keys = {failed.key for failed in failures if not failed.retry}
        for key, song in self._songs_by_key(by_source, plan).items():
            if self._add_genres_of_stored(song) or key in final_keys:
                plan.skipped += 1
            else:
                plan.songs.setdefault(key, song).genres.update(song.genres)
        return plan

    def plan_refresh(self) -> Plan:
        """Fetch again the songs that lack a feature set or have an older version of it."""
        plan = Plan()
        stored_sets = self._library.feature_versions()
        for song, outdated in self._outdated(stored_sets):
            every_set = self._sets_of(stored_sets.get(song.song_id, {}))
            plan.songs[song.key] = PlannedSong(
                _listed(song), set(song.genres), outdated, song, every_set
            )
        if plan.songs:
            plan.notes.append(
                f"{len(plan.songs)} songs were fetched again, for they lacked a feature set in "
                f"its current version ({', '.join(self._sets)})"
            )
        return plan

    def _songs_by_key(self, by_source: GenresBySource, plan: Plan) -> dict[str, PlannedSong]:
        """List sources; return their songs, each once, with the genres of all that list it."""
        listings = self._list_sources(by_source)
        self._listed_sources = set(listings)
        songs: dict[str, PlannedSong] = {}
        for source, names in by_source.items():
            if source not in listings:
                continue
            plan.notes += [f"{source}: {note}" for note in listings[source].notes]
            for listed in listings[source].songs:
                planned = songs.setdefault(listed.key, PlannedSong(listed, set(), self._sets))
                planned.genres.update(names)
        return songs

    def _add_genres_of_stored(self, song: PlannedSong) -> bool:
        """Tell whether a song is stored; if so, store the genres that are new for it."""
        song_id = self._ids.get(song.listed.key)
        if song_id is None:
            return False
        for name in song.genres - self._genres_of.get(song_id, set()):
            self._library.join_genre(song_id, name)
        return True

    def _outdated(
        self, stored_sets: Mapping[str, Mapping[str, int]]
    ) -> list[tuple[Song, tuple[str, ...]]]:
        """Return stored songs of the genres with the sets that they lack or have outdated."""
        outdated = []
        for song in self._library.songs():
            if song.key.startswith("import:"):
                continue  # there is nowhere to fetch it from
            versions = stored_sets.get(song.song_id, {})
            names = tuple(
                name
                for name in self._sets
                if versions.get(name) != features.FEATURE_SETS[name].version
            )
            if names and set(song.genres) & set(self._genres):
                outdated.append((song, names))
        return outdated

    def _notes_on_outdated(self) -> list[str]:
        versions = self._library.feature_versions()
        unknown = features.unknown_sets_note(name for sets in versions.values() for name in sets)
        notes = [unknown] if unknown else []
        outdated = self._outdated(versions)
        if not outdated:
            return notes
        names = sorted({name for _, sets in outdated for name in sets})
        return [
            *notes,
            f"{len(outdated)} songs that are in already lack the feature set "
            f"{' and '.join(names)} in its current version: `genrefit collect --refresh` "
            "fetches them again",
        ]


def _listed(row: FailedSong | Song) -> ListedSong:
    """Return a row of the library as it was listed."""
    address = replace(parse_address(row.address), key=row.key)
    return ListedSong(address, row.title, row.artist)
