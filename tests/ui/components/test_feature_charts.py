"""Charts of features."""

from __future__ import annotations

import pytest

from genrefit.features import FEATURE_SETS
from genrefit.ui.components import feature_charts


@pytest.mark.parametrize("features", ["classic", "timbre", "seed"])
def test_every_hand_made_feature_is_explained(features):
    for column in FEATURE_SETS[features].columns:
        assert feature_charts.explanation(column).startswith(" ("), column
    assert "varies" in feature_charts.explanation("rms_std")
    assert feature_charts.explanation("ear17") == ""
