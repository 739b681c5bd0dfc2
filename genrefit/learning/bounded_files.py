"""Files of models, which may come from anybody: their sizes are known before anything is read.

An archive of a few kilobytes can claim gigabytes, an array's head any shape, and JSON any depth.
"""

from __future__ import annotations

import io
import json
import math
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from genrefit.errors import ModelError

MOST_BYTES = 1_000_000_000
"""What an archive may unpack to: 100,000 songs of a boosted model take a tenth."""
MOST_ENTRIES = 100_000
MOST_FILE_BYTES = {"card.json": 5_000_000, "report.json": 200_000_000, "in_use.json": 10_000}
"""By a file's name; MOST_BYTES for any other. A card with its columns takes 10 kB."""
DEEPEST = 100
"""So deep JSON may be nested; a report is 6 deep, a model's parameters at most 40."""
REMEDY = "do not use it; put back a copy, or train it again"


def read(path: Path) -> bytes:
    """Return a file's content; ModelError where it is larger than one of its kind can be."""
    most = MOST_FILE_BYTES.get(path.name, MOST_BYTES)
    try:
        with path.open("rb") as file:
            # As many bytes as are asked for are allocated at once: 1 GB is too many for a worker.
            size = os.fstat(file.fileno()).st_size
            content = file.read(min(size, most) + 1)
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}") from error
    if len(content) > most:
        raise ModelError(f"{path} is larger than {most / 1e6:g} MB: {REMEDY}")
    return content


def read_json(content: bytes, where: object) -> dict[str, Any]:
    """Return a JSON object; ModelError where it is none, or nested too deep."""
    if _depth(content) > DEEPEST:
        raise ModelError(f"{where} is nested more than {DEEPEST} deep: {REMEDY}")
    try:
        values = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{where} is damaged ({error}): {REMEDY}") from error
    if not isinstance(values, dict):
        raise ModelError(f"{where} is damaged (no object): {REMEDY}")
    return values


def _depth(content: bytes) -> int:
    """Return how deep JSON may be nested at most, which brackets in its texts can make too much."""
    signs = np.frombuffer(content, dtype=np.uint8)
    steps = np.isin(signs, list(b"[{")).astype(np.int32) - np.isin(signs, list(b"]}"))
    return int(np.cumsum(steps).max(initial=0))


def check_archive(content: bytes, where: object) -> None:
    """ModelError where an archive unpacks to too much, or holds arrays of impossible shapes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            total = sum(entry.file_size for entry in entries)
            if total > MOST_BYTES or len(entries) > MOST_ENTRIES:
                raise ModelError(f"{where} unpacks to {total / 1e6:,.0f} MB: {REMEDY}")
            for entry in entries:
                _check_entry(archive, entry, where)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError,
            zipfile.LargeZipFile) as error:  # fmt: skip
        raise ModelError(f"{where} is damaged ({error}): {REMEDY}") from error


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, where: object) -> None:
    if entry.filename.endswith(".npz"):
        check_archive(archive.read(entry), where)
    elif entry.filename.endswith(".npy"):
        with archive.open(entry) as file:
            version = np.lib.format.read_magic(file)
            head = {
                (1, 0): np.lib.format.read_array_header_1_0,
                (2, 0): np.lib.format.read_array_header_2_0,
            }.get(version)
            if head is None:
                raise ModelError(f"{where} holds an array of an unknown form: {REMEDY}")
            shape, _, dtype = head(file)
        if math.prod(shape) * dtype.itemsize > entry.file_size or dtype.hasobject:
            raise ModelError(f"{where} holds an array that is not as large as it claims: {REMEDY}")
    elif entry.filename == "schema.json" and _depth(archive.read(entry)) > DEEPEST:
        raise ModelError(f"{where} is nested more than {DEEPEST} deep: {REMEDY}")
