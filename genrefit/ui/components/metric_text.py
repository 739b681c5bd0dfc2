"""The metrics by name, what they mean, and their values and intervals in words."""

from __future__ import annotations

from genrefit.formatting import percent
from genrefit.learning.report import LevelMetrics

METRICS = {
    "accuracy": ("Accuracy", True, "The share that is guessed right."),
    "balanced_accuracy": (
        "Balanced accuracy",
        True,
        "The mean over genres of the share of each that is found: a big genre counts no more.",
    ),
    "log_loss": (
        "Log loss",
        False,
        "How surprised it is by the truth, in nats: 0 is perfect, less is better. Being sure and "
        "wrong costs most.",
    ),
    "jaccard_macro": (
        "Jaccard",
        True,
        "The mean over genres of hits / (hits + misses + false alarms).",
    ),
    "ece": (
        "Calibration error",
        True,
        "How far the likelihoods it gives lie from how often it is right, on average.",
    ),
}
"""Each metric's name, whether it is a share, and what it means."""


def value_text(metric: str, number: float) -> str:
    """Return a metric as it is shown."""
    return percent(number) if METRICS[metric][1] else f"{number:.2f}"


def interval_text(metric: str, metrics: LevelMetrics) -> str:
    """Return a metric's interval as it is shown; a share's in percent."""
    low, high = metrics.interval(metric)
    if METRICS[metric][1]:
        return f"{100 * low:.0f} to {100 * high:.0f}"
    return f"{low:.2f} to {high:.2f}"
