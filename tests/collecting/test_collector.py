"""From sources to the library: everything once, nothing left behind, whatever happens."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from genrefit import features, sources
from genrefit.collecting.collector import CollectionResult, collect, lock_collection
from genrefit.config import Home
from genrefit.errors import Cancelled, GenreError, GenrefitError, JobError
from genrefit.library import genres, open_library
from genrefit.records import Progress
from tests.support import servers, songs

HASTY = sources.Limits(
    pause_seconds=0,
    backoff_seconds=0.05,
    deadline_seconds=60,
    answer_seconds=10,
    listing_seconds=60,
    max_bytes=2_000_000,
    retries=1,
    bytes_per_second=None,
)
CLASSIC = ("classic",)
NAMES = {
    "jazz/Ann - One.mp3": 1,
    "jazz/Ben - Two.ogg": 2,
    "folk/Cem - Three.flac": 3,
    "folk/Ann - One.mp3": 1,
}
DISTINCT = 3  # "Ann - One" is the same file in both


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return songs.folder(tmp_path_factory.mktemp("music"), NAMES)


@pytest.fixture(scope="module")
def site(folder):
    with servers.Site(folder) as site:
        yield site


def run(home: Home, **more) -> CollectionResult:
    return collect(home, **({"sets": CLASSIC, "jobs": 1, "limits": HASTY} | more))


def contents(home: Home, *, by: str = "content") -> dict[str, dict[str, tuple[bytes, bytes]]]:
    """The features' bytes of every song."""
    with open_library(home) as library:
        by_song = {}
        for song in library.songs():
            sets = sorted(library.feature_versions()[song.song_id])
            stored = {name: library.features(song.song_id, name) for name in sets}
            by_song[getattr(song, by)] = {
                name: (arrays.starts.tobytes(), arrays.values.tobytes())
                for name, arrays in stored.items()
                if arrays is not None
            }
        return by_song


def failures(home: Home) -> dict[str, tuple[str, bool]]:
    with open_library(home) as library:
        return {failure.address: (failure.kind, failure.retry) for failure in library.failures()}


def audio_left(home: Home) -> list[Path]:
    return [path for path in home.work.rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def from_folder(folder, tmp_path_factory) -> Home:
    """A home into which two folder genres were collected."""
    home = Home(tmp_path_factory.mktemp("collected"))
    for name in ("jazz", "folk"):
        genres.add(home, name, [str(folder / name)])
    result = run(home)
    assert (result.done, result.failed, result.notes) == (4, 0, ())
    return home


def test_folders_are_collected_once_and_copies_are_one_song(from_folder, folder):
    with open_library(from_folder) as library:
        by_title = {song.title: song for song in library.songs()}
        assert {title: song.genres for title, song in by_title.items()} == {
            "One": ("folk", "jazz"),
            "Two": ("jazz",),
            "Three": ("folk",),
        }
        assert by_title["Two"].artist == "Ben"
        assert by_title["Two"].seconds == pytest.approx(11.0, abs=0.1)
        stored = library.features(by_title["Three"].song_id, "classic")
        assert stored is not None and stored.values.shape == (1, 20)
    again = run(from_folder)
    assert (again.done, again.failed, again.skipped) == (0, 0, 4)
    assert audio_left(from_folder) == []
    assert sorted(folder.rglob("*.*")) == sorted(folder / name for name in NAMES)


SLOW = pytest.mark.slow
KINDS = [path if path == "/songs.rss" else pytest.param(path, marks=SLOW) for path in servers.LISTS]


@pytest.mark.parametrize("source", [*KINDS, pytest.param("direct", marks=SLOW)])
def test_a_server_gives_the_same_features_as_the_folder(home, site, from_folder, source):
    direct = [site.song(file) for file in site.files]
    genres.add(home, "all", direct if source == "direct" else [site.url(source)])
    result = run(home)
    assert (result.done, result.failed) == (4, 0)
    assert contents(home) == contents(from_folder)
    assert audio_left(home) == []


def test_all_kinds_of_sources_together_are_fetched_once(home, site, from_folder):
    lists = ["/songs.m3u", "/songs.pls", "/songs.atom", "/index/", "/songs.m3u8"]
    genres.add(home, "jazz", [site.url(path) for path in lists])
    genres.add(home, "folk", [site.url("/songs.rss"), site.song(site.files[0])])
    before = len(site.requests)
    most = 0

    def look() -> bool:
        nonlocal most
        most = max(most, len({path.parent for path in audio_left_parts(home)}))
        return False

    result = run(home, jobs=2, cancelled=look, limits=replace(HASTY, bytes_per_second=60_000))
    assert result.done == len(site.files)
    assert 1 <= most <= 2, "at most one song's audio a worker lies on disk"
    fetched = [path for path in site.requests[before:] if path.startswith("/music/")]
    # yt-dlp looks once and fetches once; listing looks once at the one direct address.
    assert len(fetched) == 2 * len(site.files) + 1
    assert contents(home) == contents(from_folder)
    with open_library(home) as library:
        assert {song.genres for song in library.songs()} == {("folk", "jazz")}


def test_a_song_that_is_in_gets_the_genres_of_new_sources_without_a_fetch(home, site):
    one = site.song(site.files[0])
    genres.add(home, "jazz", [one])
    assert run(home).done == 1
    genres.add(home, "Blues", [site.add("/one.m3u", f"#EXTM3U\n{one}")])
    before = site.count_requests("/music/")
    result = run(home, genres=["blues"])
    assert (result.done, result.skipped, site.count_requests("/music/")) == (0, 1, before)
    with open_library(home) as library:
        assert [song.genres for song in library.songs()] == [("Blues", "jazz")]


BAD = {
    "/bad/gone.mp3": ("gone", False),
    "/bad/html.mp3": ("not audio", False),
    "/bad/noise.mp3": ("not audio", False),
    "/bad/cut-off.mp3": ("cut off", True),
    "/bad/trickle.mp3": ("too slow", True),
    "/bad/loop-1.mp3": ("loop", False),
    "/bad/big.mp3": ("too big", False),
    "/bad/forbidden.mp3": ("refused", True),
}


def test_bad_songs_and_sources_get_their_reasons_and_harm_nothing(home, site, folder, tmp_path):
    silent = songs.write(tmp_path / "bad" / "short.wav", 1, seconds=2.0)
    (tmp_path / "bad" / "text.mp3").write_text("no music")
    addresses = [site.url(path) for path in BAD]
    playlist = "#EXTM3U\n" + "\n".join(addresses) + f"\n{site.song(site.files[0])}\n"
    gone, refused = site.url("/no-such-list.m3u"), servers.refused()
    genres.add(home, "jazz", [site.add("/mixed.m3u", playlist), gone, refused])
    genres.add(home, "folk", [str(folder / "folk"), str(tmp_path / "bad"), "/no/such/folder"])
    limits = replace(HASTY, deadline_seconds=8, max_bytes=1_000_000)
    result = run(home, jobs=2, limits=limits)
    # One of the good songs is the same file as another.
    assert (result.done, result.failed) == (3, len(BAD) + 2)
    assert len(contents(home)) == 2
    failed = failures(home)
    assert {path: failed[site.url(path)] for path in BAD} == BAD
    assert failed[str(silent)] == ("not audio", False)
    assert failed[str(tmp_path / "bad" / "text.mp3")] == ("not audio", False)
    assert failed[gone] == ("gone", False)
    assert failed[refused] == ("network", True)
    assert failed["/no/such/folder"] == ("missing", True)
    assert len(result.notes) == 3
    assert audio_left(home) == []

    again = run(home, limits=limits)
    assert (again.done, again.failed) == (0, 0), "what failed is left alone"
    assert failures(home).keys() == failed.keys()


def test_retry_failed_tries_just_what_may_pass(home, site, folder):
    flaky, gone = site.url("/bad/once.mp3"), site.url("/bad/gone.mp3")
    site.add("/bad/once.mp3", "<html>later", "text/html")
    local = folder / "jazz" / "Ben - Two.ogg"
    missing = home.path.parent / "later.ogg"
    genres.add(
        home,
        "jazz",
        [site.add("/r.m3u", f"#EXTM3U\n#EXTINF:1,Eve - Five\n{flaky}\n{gone}"), str(missing)],
    )
    genres.add(home, "folk", [site.add("/s.m3u", f"#EXTM3U\n{site.song(site.files[0])}")])
    assert run(home, genres=["jazz"]).failed == 2
    with open_library(home) as library:
        for failure in library.failures():
            if failure.address == flaky:
                library.record_failure(replace(failure, retry=True))
    site.extra["/bad/once.mp3"] = ("audio/ogg", local.read_bytes())
    missing.write_bytes((folder / "folk" / "Cem - Three.flac").read_bytes())
    before = site.count_requests("/bad/gone.mp3")
    result = run(home, retry_failed=True)
    assert (result.done, result.failed, result.skipped) == (2, 0, 1)
    assert site.count_requests("/bad/gone.mp3") == before
    assert failures(home) == {gone: ("gone", False)}
    with open_library(home) as library:
        assert {song.genres for song in library.songs()} == {("jazz",)}, "folk is not listed"
        assert {(song.artist, song.title) for song in library.songs()} == {
            ("Eve", "Five"),
            (None, "later"),
        }


def test_artist_and_title_with_dashes_stay_apart_over_a_retry(home, site, folder):
    address = site.add("/bad/later.mp3", "<html>later", "text/html")
    tracks = servers.xspf([(address, "Live")]).replace(
        "<title></title><creator>Live</creator>",
        "<title>Live - 1969</title><creator>A - B</creator>",
    )
    assert "A - B" in tracks
    genres.add(home, "jazz", [site.add("/dashes.xspf", tracks)])
    assert run(home).failed == 1
    with open_library(home) as library:
        (failed,) = library.failures()
        assert (failed.artist, failed.title) == ("A - B", "Live - 1969")
        library.record_failure(replace(failed, retry=True))
    site.extra["/bad/later.mp3"] = ("audio/ogg", (folder / "jazz" / "Ben - Two.ogg").read_bytes())
    assert run(home, retry_failed=True).done == 1
    with open_library(home) as library:
        (song,) = library.songs()
        assert (song.artist, song.title) == ("A - B", "Live - 1969")


@pytest.mark.slow
def test_refresh_fetches_only_songs_that_lack_a_set(home, site, from_folder, folder):
    genres.add(home, "all", [site.url("/songs.m3u")])
    run(home)
    own_folder = songs.folder(home.path.parent / "mine", {"Dora - Four.mp3": 4})
    genres.add(home, "mine", [str(own_folder)])
    run(home, genres=["mine"], sets=("classic", "timbre"))
    result = run(home, sets=("classic", "timbre"))
    assert any("--refresh" in problem and "timbre" in problem for problem in result.notes)
    before = contents(home)
    result = run(home, sets=("classic", "timbre"), refresh=True)
    assert (result.done, result.failed) == (DISTINCT, 0)
    assert any(f"{DISTINCT} songs" in problem for problem in result.notes)
    after = contents(home)
    assert all(set(sets) == {"classic", "timbre"} for sets in after.values())
    assert {c: s["classic"] for c, s in after.items()} == {
        c: s["classic"] for c, s in before.items()
    }
    assert run(home, sets=("classic", "timbre"), refresh=True).done == 0


@pytest.mark.slow
def test_refresh_of_a_changed_file_renews_all_its_sets(home):
    own_folder = songs.folder(home.path.parent / "mine", {"Dora - Four.wav": 4})
    genres.add(home, "mine", [str(own_folder)])
    run(home)
    songs.write(own_folder / "Dora - Four.wav", 5, seconds=26.0)
    run(home, sets=("timbre",), refresh=True)
    ((_, sets),) = contents(home).items()
    assert sets["classic"][0] == sets["timbre"][0], "the same segments in every set"
    assert len(np.frombuffer(sets["classic"][0], "<f4")) == 3


def test_progress_says_how_far_it_is_in_each_genre(home, folder):
    for name in ("jazz", "folk"):
        genres.add(home, name, [str(folder / name)])
    steps: list[Progress] = []
    run(home, on_progress=steps.append)
    listing = [step for step in steps if step.stage == "listing"]
    done = [step for step in steps if step.stage == "collecting"]
    assert (listing[-1].done, listing[-1].total) == (2, 2)
    assert [step.done for step in done] == sorted(step.done for step in done)
    assert (done[0].done, done[0].total, done[0].genres) == (
        0,
        4,
        {"jazz": (0, 2), "folk": (0, 2)},
    )
    assert (done[-1].done, done[-1].genres) == (4, {"jazz": (2, 2), "folk": (2, 2)})
    assert done[-1].per_minute and done[-1].left_seconds == 0
    json.dumps(done[-1].genres)


def test_cancel_stops_within_two_seconds_even_a_trickling_download(home, site):
    genres.add(home, "slow", [site.url("/bad/trickle.mp3")])
    patient = replace(HASTY, deadline_seconds=300, listing_seconds=300, max_bytes=10**9)
    earlier = site.count_requests("/bad/trickle.mp3")
    started: list[float] = []
    before = set(psutil.Process().children())

    def cancelled() -> bool:
        # Once the worker is in the middle of it: after listing, looking and fetching.
        if not started and site.count_requests("/bad/trickle.mp3") > earlier + 2:
            started.append(time.monotonic())
        return bool(started) and time.monotonic() > started[0] + 1

    with pytest.raises(Cancelled, match="goes on from there"):
        run(home, limits=patient, cancelled=cancelled)
    assert time.monotonic() - started[0] < 3
    assert audio_left(home) == []
    assert set(psutil.Process().children()) <= before


@pytest.mark.slow
def test_cancel_stops_a_listing_that_trickles(home, site):
    genres.add(home, "slow", [site.url("/bad/trickle.html")])
    began = time.monotonic()
    with pytest.raises(Cancelled):
        run(home, cancelled=lambda: time.monotonic() > began + 5)
    assert time.monotonic() - began < 7


def test_one_collection_at_a_time(home, folder):
    genres.add(home, "jazz", [str(folder / "jazz")])
    with lock_collection(home), pytest.raises(JobError, match="another collection"):
        run(home)
    assert run(home).done == 2


def test_wrong_requests_get_a_sentence(home, folder):
    with pytest.raises(GenreError, match="no genres yet"):
        run(home)
    genres.add(home, "jazz", [str(folder / "jazz")])
    with pytest.raises(GenreError, match="no genre 'jaz'"):
        run(home, genres=["jaz"])
    with pytest.raises(GenrefitError, match="no feature set 'smell'; there are classic"):
        run(home, sets=("smell",))


@pytest.mark.slow
def test_a_site_that_fails_again_and_again_is_left_alone(home, site):
    lines = [f"{site.url('/bad/broken.mp3')}?n={i}" for i in range(12)]
    genres.add(home, "jazz", [site.add("/broken.m3u", "#EXTM3U\n" + "\n".join(lines))])
    result = run(home)
    assert 5 <= result.failed <= 7
    assert result.failed + result.skipped == 12
    assert any("left for the next run" in problem for problem in result.notes)
    assert len(failures(home)) == result.failed


@pytest.mark.slow
def test_songs_of_one_site_keep_their_distance(home, site):
    genres.add(home, "jazz", [site.url("/songs.m3u")])
    began = time.monotonic()
    result = run(home, limits=replace(HASTY, pause_seconds=1.0))
    assert result.done == len(site.files)
    assert time.monotonic() - began > len(site.files) - 1


# kill -9

COLLECT = (
    "from genrefit import config, sources\n"
    "from genrefit.collecting.collector import collect\n"
    "limits = sources.Limits(pause_seconds=0, bytes_per_second=200_000, backoff_seconds=0.05)\n"
    "collect(config.home(), sets=('classic',), jobs=2, limits=limits)\n"
)


def started(home: Home) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", COLLECT], env=os.environ | {"GENREFIT_HOME": str(home.path)}
    )


def descendants(process: subprocess.Popen) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def all_gone(processes: list[psutil.Process]) -> bool:
    return not any(
        p.is_running() and p.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
        for p in processes
    )


@pytest.mark.slow
def test_a_killed_collection_takes_its_workers_along_and_the_next_cleans_up(home, site):
    genres.add(home, "slow", [site.url("/bad/trickle.mp3")])
    process = started(home)
    assert servers.wait_for(lambda: bool(audio_left_parts(home)), seconds=40)
    workers = descendants(process)
    assert workers
    process.kill()
    process.wait()
    assert servers.wait_for(lambda: all_gone(workers), seconds=5)
    assert audio_left_parts(home), "killed with a download in hand"
    genres.remove_source(home, "slow", site.url("/bad/trickle.mp3"))
    genres.add(home, "slow", [site.song(site.files[0])])
    assert run(home).done == 1
    assert audio_left(home) == []


def audio_left_parts(home: Home) -> list[Path]:
    return [path for path in audio_left(home) if path.name.startswith("song.")]


def killed_again_and_again(home: Home, site: servers.Site, *, times: int, seed: int) -> list[int]:
    """Kill a collection at random moments, then let one end; return how far each kill let it."""
    rng = random.Random(seed)
    reached = []
    for _ in range(times):
        process = started(home)
        # So many requests more and a random moment later: in listing, fetching or storing.
        until = len(site.requests) + rng.randint(0, 12)
        servers.wait_for(
            lambda n=until, p=process: len(site.requests) >= n or p.poll() is not None, seconds=60
        )
        time.sleep(rng.uniform(0, 0.5))
        workers = descendants(process)
        process.kill()
        process.wait()
        assert servers.wait_for(lambda workers=workers: all_gone(workers), seconds=10)
        reached.append(len(contents(home)) if home.library.exists() else 0)
    assert started(home).wait() == 0
    return reached


@pytest.mark.slow
def test_ten_kills_at_random_moments_change_nothing(tmp_path):
    names = {f"Artist {i % 9} - Song {i}.ogg": i for i in range(40)}
    root = songs.folder(tmp_path / "music", names)
    undisturbed, disturbed = Home(tmp_path / "undisturbed"), Home(tmp_path / "disturbed")
    with servers.Site(root) as site:
        for home in (undisturbed, disturbed):
            genres.add(home, "served", [site.url("/songs.m3u")])
            genres.add(home, "local", [str(root)])
        assert started(undisturbed).wait() == 0
        reached = killed_again_and_again(disturbed, site, times=10, seed=20)
    # The kills fell in the midst of it, and each run went on from the one before.
    assert reached == sorted(reached)
    assert len(set(reached)) > 3 and reached[-1] > 0
    expected = contents(undisturbed)
    assert len(expected) == 40
    assert contents(disturbed) == expected
    assert failures(disturbed) == {}
    assert audio_left(disturbed) == []
    with open_library(disturbed) as library:
        assert {song.genres for song in library.songs()} == {("local", "served")}
        assert len(library.keys()) == 80


@pytest.mark.slow
def test_real_music_from_folder_and_server_is_the_same(music, tmp_path):
    local, served = Home(tmp_path / "local"), Home(tmp_path / "served")
    with servers.Site(music) as site:
        genres.add(served, "everything", [site.url("/songs.rss")])
        for name in ("classical", "electronic", "pop", "rock"):
            genres.add(local, name, [str(music / name)])
        sets = ("classic", "timbre")
        first, second = run(local, jobs=2, sets=sets), run(served, jobs=2, sets=sets)
    assert (first.done, first.failed) == (second.done, second.failed) == (64, 0)
    assert contents(local) == contents(served)
    with open_library(local) as library, open_library(served) as other:
        names = {song.content: (song.artist, song.title) for song in library.songs()}
        assert names == {song.content: (song.artist, song.title) for song in other.songs()}
        assert all(artist for artist, _ in names.values())
    assert features.FEATURE_SETS["classic"].version
    assert audio_left(local) == audio_left(served) == []


def test_a_result_comes_back_from_json():
    result = CollectionResult(3, 1, 2, ("jazz has no sources yet",), 1.5)
    assert CollectionResult.from_json(json.loads(json.dumps(result.to_json()))) == result
