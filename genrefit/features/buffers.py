"""Arrays that are filled again and again instead of being asked for anew."""

from __future__ import annotations

import threading

import numpy as np

_held = threading.local()


def buffer(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """A float32 array of `shape` that is this thread's own until `name` is asked for again.

    Its first content is zeros, afterwards whatever was left in it. The system hands out a fresh
    megabyte page by page at the first touch, which took as long as half of what features compute.
    """
    held = _held.__dict__.get(name)
    if held is None or held.shape != shape:
        held = np.zeros(shape, dtype=np.float32)
        setattr(_held, name, held)
    return held
