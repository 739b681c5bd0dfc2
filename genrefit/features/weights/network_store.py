"""Keep a network's files in a folder, whole or not at all, and open them again.

The folder holds the network, a text on its origin and licence, and a seal: a JSON file of the
graph's version, its size and its hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genrefit.errors import EarError
from genrefit.storage import PART, erase, restore_folder, swap_folder, write_whole


@dataclass(frozen=True, slots=True)
class Network:
    """A kind of network: the names of its files and the version of the graph that is built."""

    what: str
    """What messages call it, such as "the pretrained ear"."""
    file: str
    seal: str
    version: int
    how_to_fetch: str
    inner: tuple[str, ...] = ()
    """Names of folders inside that belong to others and are kept when the network is replaced."""


def missing_part(network: Network, folder: Path) -> str:
    """Return what keeps the network in `folder` from being used; "" if nothing does."""
    try:
        seal = json.loads((folder / network.seal).read_text(encoding="utf-8"))
        size = (folder / network.file).stat().st_size
    except FileNotFoundError:
        return f"{network.what} is not in {folder}"
    except (OSError, ValueError, RecursionError) as error:
        return f"{network.what} in {folder} cannot be read ({error})"
    if not isinstance(seal, dict) or seal.get("graph") != network.version:
        return f"{network.what} in {folder} was built by another version of genrefit"
    if seal.get("bytes") != size:
        return f"{network.what} in {folder} is damaged"
    return ""


def store(
    network: Network, folder: Path, build: Callable[[Path], None], *, anew: bool = False
) -> None:
    """Let `build` fill a new folder and put it in the place of `folder`.

    The folder appears whole or not at all, and two calls at once build once; a network that is
    ready stays unless it is to be made `anew`. EarError where the disk refuses.
    """
    from filelock import FileLock

    part = folder.with_name(f"{folder.name}{PART}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f".{folder.name}.lock")):
            restore_folder(folder)
            if not anew and not missing_part(network, folder):
                return
            erase(part, within=folder.parent)
            try:
                build(part)
                for name in network.inner:
                    if (folder / name).is_dir():
                        (folder / name).replace(part / name)
                swap_folder(part, folder)
            finally:
                erase(part, within=folder.parent)
    except OSError as error:
        raise EarError(
            f"could not keep {network.what} in {folder}: {error.strerror or error}; "
            "make room or choose another folder with GENREFIT_EAR, then try again"
        ) from error


def write_network(network: Network, folder: Path, graph: bytes, **origin: str) -> None:
    """Write a built graph and, last, its seal; `origin` says what it was made from."""
    seal = {
        "graph": network.version,
        "bytes": len(graph),
        "sha256": hashlib.sha256(graph).hexdigest(),
        **origin,
    }
    write_whole(folder / network.file, graph)
    write_whole(folder / network.seal, json.dumps(seal, indent=2) + "\n")


def open_network(network: Network, folder: Path) -> Any:
    """Return an inference session on one thread: processes scale, threads do not.

    EarError where the network is missing or damaged.
    """
    if missing := missing_part(network, folder):
        raise EarError(f"{missing}; {network.how_to_fetch}")
    graph = (folder / network.file).read_bytes()
    seal = json.loads((folder / network.seal).read_text(encoding="utf-8"))
    if hashlib.sha256(graph).hexdigest() != seal["sha256"]:
        raise EarError(
            f"{network.what} in {folder} is damaged: delete that folder and {network.how_to_fetch}"
        )
    return session(graph)


def session(graph: bytes) -> Any:
    """Return an inference session of an ONNX model on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
