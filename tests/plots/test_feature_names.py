"""What features are called."""

from __future__ import annotations

import pytest

from genrefit.features import FEATURE_SETS
from genrefit.plots import feature_names


@pytest.mark.parametrize("features", ["classic", "timbre", "seed"])
def test_every_hand_made_feature_is_explained(features):
    for column in FEATURE_SETS[features].columns:
        assert feature_names.explanation(column).startswith(" ("), column
    assert "varies" in feature_names.explanation("rms_std")
    assert feature_names.explanation("ear17") == ""


@pytest.mark.parametrize("features", list(FEATURE_SETS))
def test_every_column_has_a_plain_name_of_its_own(features):
    columns = FEATURE_SETS[features].columns
    names = [feature_names.feature_name(column) for column in columns]
    assert len(set(names)) == len(names)
    assert not [name for name in names if "_" in name or "mfcc" in name or name.startswith("tag:")]


def test_plain_names():
    assert feature_names.feature_name("spec_cent") == "Brightness"
    assert feature_names.feature_name("rms_std") == "Variation: loudness"
    assert feature_names.feature_name("tag:classic rock") == "classic rock"
