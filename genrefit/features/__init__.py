"""The feature sets, and one way to get any of them from a song."""

from genrefit.features.musicnn import sounds_like
from genrefit.features.sets import (
    CLASSIC,
    FEATURE_SETS,
    PITCHES,
    FeatureSet,
    available,
    classic,
    default_sets,
    extract,
    timbre,
    unknown_sets_note,
)
from genrefit.features.sound_kind import KINDS as SOUND_KINDS
from genrefit.features.sound_kind import SoundKind, not_music
from genrefit.features.weights.fetch import (
    EarStatus,
    ear_folder,
    ear_is_ready,
    ear_status,
    fetch_ear,
)
from genrefit.features.weights.second_ear import (
    fetch_ears,
    fetch_second_ear,
    second_ear_folder,
    second_ear_is_ready,
    second_ear_status,
    take_second_ear,
)

__all__ = [
    "CLASSIC",
    "FEATURE_SETS",
    "PITCHES",
    "SOUND_KINDS",
    "EarStatus",
    "FeatureSet",
    "SoundKind",
    "available",
    "classic",
    "default_sets",
    "ear_folder",
    "ear_is_ready",
    "ear_status",
    "extract",
    "fetch_ear",
    "fetch_ears",
    "fetch_second_ear",
    "not_music",
    "second_ear_folder",
    "second_ear_is_ready",
    "second_ear_status",
    "sounds_like",
    "take_second_ear",
    "timbre",
    "unknown_sets_note",
]
