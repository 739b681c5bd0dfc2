"""Reports made of a few numbers, for tests of how they are shown."""

from __future__ import annotations

from genrefit.learning.report import Report

GENRE = {"precision": 0.5, "recall": 0.5, "f1": 0.5, "jaccard": 0.4, "support": 10}
LEVEL = {
    "accuracy": 0.5, "balanced_accuracy": 0.5, "jaccard_macro": 0.4, "log_loss": 1.0, "ece": 0.1,
    "majority": 0.4, "genres": {},
}  # fmt: skip
PART = {"songs": 10, "segments": 40, "artists": 8, "genres": {}}
PARTS = ("train", "test", "validation")


def report(values: dict) -> Report:
    """Return a report with the given values of its JSON; what is missing is filled up."""
    filled = {
        "features": "classic", "pipeline": "logistic", "parameters": {"C": 0.01},
        "protocol": "artist", "seed": 0, "genres": ["a", "b"], "confusion": {}, "reliability": {},
        "learning_curve": [], "validation": [], "wrong": [], "seconds": 1.0,
        "row_protocol": {"segments": {"accuracy": 0.9, "log_loss": 0.3}},
        "segments": {}, "songs": {}, "splits": {},
    } | values  # fmt: skip
    filled["segments"], filled["songs"] = level(filled["segments"]), level(filled["songs"])
    filled["splits"] = {part: PART | filled["splits"].get(part, {}) for part in PARTS
                        if not filled["splits"] or part in filled["splits"]}  # fmt: skip
    if "cross_validated" in filled:
        filled["cross_validated"] = {"songs": level(filled["cross_validated"]["songs"])}
    leaky = filled["row_protocol"]["segments"]
    return Report.from_json(
        filled | {"row_protocol": {"segments": {"accuracy": 0.9, "log_loss": 0.3} | leaky}}
    )


def level(values: dict) -> dict:
    """Return the metrics of a level as JSON, filled up."""
    filled = LEVEL | values
    return filled | {"genres": {name: GENRE | own for name, own in filled["genres"].items()}}
