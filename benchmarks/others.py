"""Our features beside other programs' on the same 4-minute song: `python benchmarks/others.py`.

Each program gets an environment of its own, made here by uv (some minutes once, kept in
~/.cache/genrefit-others), and the same decoded song as a WAV file, so that decoding plays no part.
CPU seconds, least of the runs, after one run that loads and compiles. What cannot be installed on
this machine is said and left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.speed import encode, frames
from genrefit import config
from genrefit.audio import decode

CACHE = Path.home() / ".cache" / "genrefit-others"
TIMING = """
import json, sys, time
path, runs = sys.argv[1], int(sys.argv[2])
{setup}
def work():
{work}
work()
times = []
for _ in range(runs):
    start = time.process_time(); work(); times.append(time.process_time() - start)
print(json.dumps(min(times)))
"""


@dataclass(frozen=True)
class Program:
    """A program, what it needs from the package index, and how it hears a file."""

    name: str
    needs: tuple[str, ...]
    setup: str
    work: str


OURS = "from pathlib import Path\nfrom genrefit import features\nfrom genrefit.audio import decode"
OURS_WORK = "    features.extract(decode.decode(Path(path)), [{name!r}])"
SEED_SETUP = """
import warnings; warnings.filterwarnings("ignore")
import librosa, numpy as np
F = librosa.feature
def hear(y, sr):
    librosa.beat.beat_track(y=y, sr=sr)
    for f in (F.chroma_stft, F.spectral_centroid, F.spectral_bandwidth, F.spectral_rolloff):
        f(y=y, sr=sr).mean()
    F.rms(y=y).mean(); F.zero_crossing_rate(y).mean(); F.mfcc(y=y, sr=sr, n_mfcc=12).mean(axis=1)
"""
SEED_WORK = """
    y, sr = librosa.load(path, sr=None)
    for at in range(0, len(y) - 10 * sr + 1, 10 * sr):
        hear(y[at : at + 10 * sr], sr)
"""
ESSENTIA_WORK = """
    y = es.MonoLoader(filename=path, sampleRate=44100)()
    window, spectrum = es.Windowing(type="hann"), es.Spectrum()
    mfcc, centroid = es.MFCC(), es.Centroid(range=22050)
    rolloff, flux, contrast = es.RollOff(), es.Flux(), es.SpectralContrast()
    peaks, hpcp, zcr, rms = es.SpectralPeaks(), es.HPCP(), es.ZeroCrossingRate(), es.RMS()
    for frame in es.FrameGenerator(y, frameSize=2048, hopSize=512):
        s = spectrum(window(frame)); mfcc(s); centroid(s); rolloff(s); flux(s)
        hpcp(*peaks(s)); zcr(frame); rms(frame)
    es.PercivalBpmEstimator()(y)
"""
PROGRAMS = (
    Program("librosa, a call a feature (the seed)", (), SEED_SETUP, SEED_WORK),
    Program("genrefit, classic", (), OURS, OURS_WORK.format(name="classic")),
    Program("genrefit, timbre", (), OURS, OURS_WORK.format(name="timbre")),
    Program(
        "Essentia, low level and tempo",
        ("essentia",),
        "import essentia; essentia.log.infoActive = False\nimport essentia.standard as es",
        ESSENTIA_WORK,
    ),
    Program(
        "openSMILE, eGeMAPS",
        ("opensmile",),
        "import opensmile\nsmile = opensmile.Smile(feature_set=opensmile.FeatureSet.eGeMAPSv02, "
        "feature_level=opensmile.FeatureLevel.Functionals, num_workers=1)",
        "    smile.process_file(path)",
    ),
    Program(
        "pyAudioAnalysis, short-term",
        ("pyAudioAnalysis", "eyed3", "pydub", "hmmlearn", "imbalanced-learn", "plotly", "tqdm",
         "scikit-learn", "matplotlib"),
        "import soundfile\nfrom pyAudioAnalysis import ShortTermFeatures as st",
        "    y, sr = soundfile.read(path); y = y.mean(axis=1)\n"
        "    st.feature_extraction(y, sr, 2048, 512)",
    ),
    Program(
        "bliss-audio",
        ("bliss-audio",),
        "import bliss_audio",
        "    bliss_audio.Song(path)",
    ),
)  # fmt: skip


def python_for(program: Program) -> Path:
    """Return a Python that has what a program needs; RuntimeError where that cannot be had."""
    if not program.needs:
        return Path(sys.executable)
    folder = CACHE / program.needs[0]
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        uv = Path(sys.executable).with_name("uv")
        for command in (
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder],
            [uv, "pip", "install", "--quiet", "--python", python, "soundfile", *program.needs],
        ):
            run = subprocess.run(command, capture_output=True, text=True, check=False)
            if run.returncode:
                raise RuntimeError((run.stderr.strip().splitlines() or ["no reason given"])[-1])
        (folder / "ready").touch()
    return python


def seconds(program: Program, song: Path, runs: int) -> float:
    """Return a program's CPU seconds for the song; RuntimeError where it does not run."""
    code = TIMING.format(setup=program.setup, work=program.work)
    run = subprocess.run(
        [python_for(program), "-c", code, song, str(runs)],
        capture_output=True, text=True, check=False, cwd=config.CHECKOUT,
    )  # fmt: skip
    if run.returncode:
        raise RuntimeError((run.stderr.strip().splitlines() or ["no reason given"])[-1])
    return float(json.loads(run.stdout.strip().splitlines()[-1]))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--music", type=Path, default=config.CHECKOUT.parent / "shared" / "music")
    parser.add_argument("--runs", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        encoded, song = Path(folder) / "song.mp3", Path(folder) / "song.wav"
        encode(encoded, frames(options.music if options.music.is_dir() else None))
        sound = decode.decode(encoded)
        soundfile.write(song, np.stack([sound.y, sound.y], axis=1), sound.sr)
        table: list[tuple[str, float]] = []
        for program in PROGRAMS:
            try:
                table.append((program.name, seconds(program, song, options.runs)))
            except RuntimeError as error:
                print(f"{program.name}: left out, it cannot be run here ({str(error)[:120]})")
    classic = dict(table).get("genrefit, classic", float("nan"))
    print(f"{'CPU seconds a 4-minute WAV':<40}{'seconds':>9}{'x classic':>11}")
    for name, spent in table:
        print(f"{name:<40}{spent:9.2f}{spent / classic:11.1f}")


if __name__ == "__main__":
    main()
