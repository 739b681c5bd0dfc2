"""The feature sets, and one way to get any of them from a song."""

from genrefit.features.sets import (
    CLASSIC,
    FEATURE_SETS,
    PITCHES,
    FeatureSet,
    available,
    classic,
    default_sets,
    extract,
    sounds_like,
    timbre,
)

__all__ = [
    "CLASSIC",
    "FEATURE_SETS",
    "PITCHES",
    "FeatureSet",
    "available",
    "classic",
    "default_sets",
    "extract",
    "sounds_like",
    "timbre",
]
