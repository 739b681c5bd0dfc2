"""Read the tensors of a TensorFlow checkpoint ("tensor bundle") without TensorFlow.

A bundle is two files. Its index is a LevelDB table: blocks of prefix-compressed keys, whose values
are small protocol buffers (`BundleEntryProto`) telling each tensor's type, shape and place; its
data file holds the raw numbers. Source: tensorflow/core/util/tensor_bundle and LevelDB's
doc/table_format.md.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np

from genrefit.errors import EarError

_MAGIC = bytes.fromhex("57fb808b247547db")
_FOOTER = 48
_BLOCK_TRAILER = 5
_FLOAT = 1


def read_bundle(index: bytes, data: bytes) -> dict[str, np.ndarray]:
    """Return every float32 tensor by its name, the optimizer's slots (Adam) left out.

    Raises
    ------
    EarError
        if the bytes are no tensor bundle, are compressed, or are cut off.
    """
    try:
        return dict(_tensors(index, data))
    except (IndexError, struct.error, UnicodeDecodeError) as error:
        raise EarError(
            f"the network's weights are damaged ({error}); fetch the ear again"
        ) from error


def _tensors(index: bytes, data: bytes) -> Iterator[tuple[str, np.ndarray]]:
    for key, value in _table(index):
        name = key.decode()
        if not name or "Adam" in name or name.startswith("beta"):
            continue
        entry = _message(value)
        if entry.get(1) != _FLOAT:
            continue
        shape = [_message(size).get(1, 0) for size in _repeated(entry.get(2, b""), field=2)]
        start, size = entry.get(4, 0), entry.get(5, 0)
        if size != 4 * prod(shape) or start + size > len(data):
            raise EarError(
                f"the network's weights are damaged: {name} should hold {4 * prod(shape)} bytes "
                f"at {start} of {len(data)}; fetch the ear again"
            )
        yield name, np.frombuffer(data, "<f4", prod(shape), start).reshape(shape)


def _table(index: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the keys and values of a LevelDB table."""
    if len(index) < _FOOTER or index[-8:] != _MAGIC:
        raise EarError("the network's index is no LevelDB table; fetch the ear again")
    footer = index[-_FOOTER:]
    _, at = _varint(footer, 0)
    _, at = _varint(footer, at)
    for _, handle in _block(index, *_handle(footer, at)):
        yield from _block(index, *_handle(handle, 0))


def _block(index: bytes, start: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield a block's keys and values: shared prefix, rest of the key, value."""
    if index[start + size] != 0:
        raise EarError("the network's index is compressed, which this reader does not know")
    block = index[start : start + size]
    (restarts,) = struct.unpack("<I", block[-4:])
    at, end, key = 0, size - 4 - 4 * restarts, b""
    while at < end:
        shared, at = _varint(block, at)
        fresh, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + fresh]
        yield key, block[at + fresh : at + fresh + length]
        at += fresh + length


def _handle(data: bytes, at: int) -> tuple[int, int]:
    """Read a block handle: where a block starts and its size."""
    start, at = _varint(data, at)
    size, _ = _varint(data, at)
    return start, size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Read a base-128 number; return it and the place after it."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Yield the (field number, value) pairs of a protocol buffer; a value is int or bytes."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value: Any
            value, at = _varint(message, at)
        elif wire == 2:
            length, at = _varint(message, at)
            value, at = message[at : at + length], at + length
        elif wire == 5:
            value, at = message[at : at + 4], at + 4
        else:
            raise EarError(f"the network's index holds a field of unknown kind {wire}")
        yield number, value


def _message(message: bytes) -> dict[int, Any]:
    return dict(_fields(message))


def _repeated(message: bytes, *, field: int) -> list[bytes]:
    return [value for number, value in _fields(message) if number == field]
