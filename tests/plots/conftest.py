"""Every figure drawn once, from small made-up records."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from genrefit import explore, plots
from genrefit.learning.metrics import ReliabilityBin
from genrefit.learning.report import CurvePoint
from genrefit.plots import colours
from tests.support import reports
from tests.support.explored import table

GENRES = ["jazz", "folk", "metal"]
COUNTS = pd.DataFrame([[6, 2, 0], [1, 3, 0], [0, 0, 0]], index=GENRES, columns=GENRES)
BINS = [
    ReliabilityBin(low=0.4, high=0.5, confidence=0.45, accuracy=0.4, n=10),
    ReliabilityBin(low=0.8, high=0.9, confidence=0.86, accuracy=0.7, n=40),
]
POINTS = [
    CurvePoint(songs=20, accuracy=0.4, low=0.3, high=0.5),
    CurvePoint(songs=40, accuracy=0.6, low=0.5, high=0.7),
]
REPORT = reports.report({
    "protocol": "artist",
    "row_protocol": {"segments": {"accuracy": 0.92, "log_loss": 0.3}},
    "segments": {"accuracy": 0.45, "intervals": {"accuracy": [0.38, 0.52]}},
    "songs": {"accuracy": 0.53, "majority": 0.28, "intervals": {"accuracy": [0.42, 0.61]}},
})  # fmt: skip


def figures():
    songs = table(per_genre=8, swap=(2,))
    return {
        "bars": plots.likelihood_bars({"jazz": 0.7, "folk": 0.3}),
        "matrix": plots.matrix(COUNTS),
        "difference": plots.matrix(COUNTS, kind="recall", difference=COUNTS.T),
        "reliability": plots.reliability(BINS),
        "learning": plots.learning_curve(POINTS),
        "leak": plots.leak_gap(REPORT),
        "violins": plots.distributions(songs, "parts", genres=GENRES),
        "ranking": plots.ranking(explore.separation(songs)),
        "scatter": plots.scatter(songs, "parts", "noise", genres=GENRES),
        "map": plots.song_map(explore.song_map(songs, flagged=["s2"])),
    }


NAMES = ("bars", "matrix", "difference", "reliability", "learning", "leak", "violins",
         "ranking", "scatter", "map")  # fmt: skip


@pytest.fixture(scope="package")
def drawn():
    by_name = figures()
    assert tuple(by_name) == NAMES
    return by_name


def luminance(colour):
    """Return the luminance of a "#rrggbb" colour."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return float(colours.luminance(np.array([parts]))[0])
