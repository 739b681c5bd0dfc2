"""Work on strangers' files: limited in time and memory, and nobody waits for a site."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress

import numpy as np
import pytest

from genrefit import isolated
from genrefit.audio import decode
from genrefit.errors import AudioError, Cancelled, GenrefitError, QueryError


def whoami(_: object) -> int:
    return os.getpid()


def allocate(size: int) -> int:
    return int(np.ones(size // 8).sum())


def refuse(text: str) -> None:
    raise QueryError(text)


def break_down(_: object) -> None:
    raise ZeroDivisionError("boom")


def die(_: object) -> None:
    os._exit(9)


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def nested(_: object) -> tuple[int, int]:
    return os.getpid(), isolated.call(whoami, None, seconds=10)


def setting(name: str) -> str | None:
    return os.environ.get(name)


def test_it_is_another_process_which_is_kept():
    first, second = (isolated.call(whoami, None, seconds=60) for _ in range(2))
    assert first == second != os.getpid()


def test_a_worker_does_its_own_isolated_work():
    mine, inner = isolated.call(nested, None, seconds=60)
    assert mine == inner


def test_memory_is_limited_and_the_next_song_goes_on():
    assert isolated.call(allocate, 50_000_000, seconds=60) == 50_000_000 // 8
    with pytest.raises(AudioError, match="memory"):
        isolated.call(allocate, isolated.MEMORY_BYTES, seconds=60)
    assert isolated.call(whoami, None, seconds=60) != os.getpid()


def test_time_is_limited():
    with pytest.raises(GenrefitError, match="longer than 1 s"):
        isolated.call(sleep, 60.0, seconds=1)


def test_errors_come_back_as_what_they_are():
    with pytest.raises(QueryError, match="no such word"):
        isolated.call(refuse, "no such word", seconds=60)
    with pytest.raises(RuntimeError, match="boom"):
        isolated.call(break_down, None, seconds=60)
    with pytest.raises(AudioError, match="died"):
        isolated.call(die, None, seconds=60)


def test_who_is_not_waited_for_is_stopped():
    asked = []

    def stop() -> bool:
        asked.append(1)
        return True

    with pytest.raises(Cancelled):
        isolated.call(sleep, 60.0, seconds=60, cancelled=stop)
    assert asked


def test_settings_of_now_hold(monkeypatch):
    monkeypatch.setenv("GENREFIT_X", "1")
    assert isolated.call(setting, "GENREFIT_X", seconds=60) == "1"
    monkeypatch.delenv("GENREFIT_X")
    assert isolated.call(setting, "GENREFIT_X", seconds=60) is None


def test_files_do_not_wait_for_silent_sites():
    """As many fetches as there may be hang; listening goes on beside them."""
    stop = threading.Event()

    def hang() -> None:
        with suppress(Cancelled):
            isolated.call(sleep, 600.0, seconds=600, fetches=True, cancelled=stop.is_set)

    threads = [threading.Thread(target=hang) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert isolated.call(whoami, None, seconds=60) != os.getpid()
    stop.set()
    for thread in threads:
        thread.join()


def test_no_more_samples_are_decoded_than_music_has(tmp_path):
    """A small file that claims 655,350 samples a second, of which no song has 240 s."""
    import soundfile

    path = tmp_path / "fast.flac"
    seconds = 90
    soundfile.write(path, np.zeros(655_350 * seconds, dtype=np.int16), 655_350)
    assert path.stat().st_size < 2_000_000
    audio = decode.decode(path)
    assert len(audio.y) == decode.MOST_SAMPLES
