"""What features are called in plain words, what they measure, and their units."""

from __future__ import annotations

import re

NAMES = {
    "tempo": "Tempo",
    "beats": "Beats heard",
    "chroma_stft": "Fullness of harmony",
    "rms": "Loudness",
    "spec_cent": "Brightness",
    "spec_bw": "Width of the sound",
    "rolloff": "Upper edge of the sound",
    "zcr": "Hiss",
    "flux": "Change from moment to moment",
    "flatness": "Noisiness",
}
"""Plain names of features that stand alone."""
WHAT = {
    "tempo": "how fast the beat goes",
    "beats": "how many beats were heard",
    "chroma_stft": "how strongly all twelve notes sound at once: high for noise and dense harmony",
    "rms": "how loud it is",
    "spec_cent": "how bright it sounds: the centre of its frequencies",
    "spec_bw": "how widely its frequencies are spread around their centre",
    "rolloff": "the frequency below which most of the sound lies",
    "zcr": "how often the wave crosses zero: high for hiss and noise",
    "flux": "how much the sound changes from moment to moment",
    "flatness": "how much it is noise rather than tones",
    "mfcc": "a trait of the sound's colour: the first tell of loudness, and of bass against treble",
    "contrast": "how far tones stand out from what lies between them, in one band of frequencies",
    "chroma_": "how strongly one of the twelve notes sounds",
    "tag:": "how strongly the network hears this word in it",
}
"""What features measure, in plain words: by name, else by how the name begins."""


def feature_name(column: str) -> str:
    """Return what a feature is called in plain words; another one for each column of a set."""
    name = column.removesuffix("_std")
    plain = NAMES.get(name) or _numbered(name)
    return f"Variation: {plain[:1].lower()}{plain[1:]}" if column.endswith("_std") else plain


def _numbered(name: str) -> str:
    """Return the name of one of many alike; the column itself where it is a word already."""
    if match := re.fullmatch(r"(mfcc|contrast|ear)(\d+)", name):
        kind = {"mfcc": "Sound colour", "contrast": "Clarity of band", "ear": "Neuron"}[match[1]]
        return f"{kind} {match[2]}"
    if name.startswith("chroma_"):
        return f"Note {name.removeprefix('chroma_').upper()}"
    return name.removeprefix("tag:")


def explanation(column: str) -> str:
    """Return what a feature measures, in brackets; "" where no description is known."""
    name = column.removesuffix("_std")
    what = WHAT.get(name) or next((w for start, w in WHAT.items() if name.startswith(start)), "")
    if not what:
        return ""
    return f" (how much this varies: {what})" if column.endswith("_std") else f" ({what})"


def unit(column: str) -> str:
    """Return the unit of a hand-made feature's column, "no unit" where it has none."""
    name = column.removesuffix("_std")
    if name in ("spec_cent", "spec_bw", "rolloff"):
        return "Hz"
    if name.startswith("contrast"):
        return "dB"
    return {"tempo": "beats a minute", "beats": "count"}.get(name, "no unit")
