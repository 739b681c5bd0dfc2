"""Where the time of a song goes, and how many songs a minute come in: `make bench`.

Run: python benchmarks/collecting.py [--music FOLDER] [--songs 12] [--runs 3]

CPU seconds of each part, on 4-minute songs of real clips (or composed ones), least of the runs;
then the whole way from a folder of mp3 to the library, all default feature sets, in 1 and in 2
processes. `before` is what a song cost with `classic`, `timbre` and the first ear alone.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from threadpoolctl import threadpool_limits

from benchmarks.speed import FILES, encode, frames
from genrefit import config, features
from genrefit.audio import decode
from genrefit.audio.decode import Audio
from genrefit.audio.segments import resample
from genrefit.collecting.collector import collect
from genrefit.config import Home
from genrefit.features import yamnet
from genrefit.library import genres

EAR_SR = yamnet.SR


def least(action: Callable[[], object], runs: int) -> float:
    """Return the least CPU seconds of some calls."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times)


def parts_of(path: Path, home: Home, runs: int) -> dict[str, float]:
    """Return CPU seconds of each part of a song."""
    sound = decode.decode(path)
    at_rate = Audio(resample(sound.y, orig_sr=sound.sr, sr=EAR_SR), EAR_SR)
    wanted = {
        "classic": lambda: features.extract(sound, ["classic"]),
        "classic and timbre": lambda: features.extract(sound, ["timbre", "classic"]),
        "resampling for the ears": lambda: resample(sound.y, orig_sr=sound.sr, sr=EAR_SR),
    }
    for name in ("ear", "yamnet"):
        if features.available(home, name):
            wanted[name] = lambda name=name: features.extract(at_rate, [name], home=home)
    with threadpool_limits(1):
        for action in wanted.values():
            action()  # loads what is loaded once a process
        spent = {"decoding": least(lambda: decode.decode(path), runs)}
        return spent | {what: least(action, runs) for what, action in wanted.items()}


def print_parts(made: Path, home: Home, runs: int) -> None:
    """Print the table of the parts."""
    table = {kind: parts_of(made / f"song.{kind}", home, runs) for kind in FILES}
    print(f"{'CPU seconds a 4-minute song':<28}" + "".join(f"{kind:>9}" for kind in FILES))
    for what in next(iter(table.values())):
        print(f"{what:<28}" + "".join(f"{table[kind][what]:9.2f}" for kind in FILES))
    first = ("decoding", "classic and timbre", "resampling for the ears", "ear")
    for name, parts in (("before (one ear)", first), ("all default sets", (*first, "yamnet"))):
        sums = [sum(table[kind].get(part, 0.0) for part in parts) for kind in FILES]
        print(f"{name:<28}" + "".join(f"{total:9.2f}" for total in sums))
    for name in ("ear", "yamnet"):
        if name in table["mp3"]:
            speed = config.SONG_SECONDS / table["mp3"][name]
            print(f"{name}: {speed:,.0f} times real time on one core, its spectrogram included")


def songs_a_minute(song: Path, number: int, jobs: int) -> float:
    """Collect a folder of copies of a song, told apart by their last bytes; songs a minute."""
    with tempfile.TemporaryDirectory() as folder:
        music = Path(folder) / "music"
        music.mkdir()
        for n in range(number):
            copy = music / f"Artist {n} - Song.mp3"
            shutil.copy(song, copy)
            with copy.open("ab") as file:
                file.write(n.to_bytes(4, "little"))
        home = Home(Path(folder) / "home")
        genres.add(home, "genre", [str(music)])
        result = collect(home, jobs=jobs)
        if result.done != number:
            raise SystemExit(f"only {result.done} of {number} songs came in: {result.notes}")
        return number / result.seconds * 60


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--music", type=Path, default=config.CHECKOUT.parent / "shared" / "music")
    parser.add_argument("--songs", type=int, default=12)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    home = config.home()
    os.environ.setdefault("GENREFIT_EAR", str(features.ear_folder(home)))
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        sound = frames(options.music if options.music.is_dir() else None)
        for kind in FILES:
            encode(made / f"song.{kind}", sound)
        print_parts(made, home, options.runs)
        one, two = (songs_a_minute(made / "song.mp3", options.songs, jobs) for jobs in (1, 2))
        print(f"songs a minute: {one:.0f} in one process, {two:.0f} in two ({two / one:.2f} times)")


if __name__ == "__main__":
    main()
