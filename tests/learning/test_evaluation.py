from __future__ import annotations

import numpy as np
import pytest

from genrefit.learning import registry


def test_the_report_adds_up(trained_home):
    home, report, _ = trained_home
    sizes = report["splits"]
    assert sum(part["songs"] for part in sizes.values()) == 52
    assert sum(part["segments"] for part in sizes.values()) == 156
    assert len(report["validation"]) == sizes["validation"]["songs"]
    for level in ("segments", "songs"):
        counts = np.array(report["confusion"][level])
        assert counts.sum() == sizes["validation"][level]
        right = counts.trace() / counts.sum()
        assert report[level]["accuracy"] == pytest.approx(right)
    points = report["learning_curve"]
    assert points[-1]["accuracy"] == report["songs"]["accuracy"]
    assert points[-1]["songs"] == sizes["train"]["songs"] + sizes["test"]["songs"]
    assert [p["songs"] for p in points] == sorted(p["songs"] for p in points)
    wrong = [s for s in report["validation"] if s["guess"] not in s["genres"]]
    assert report["wrong"] == wrong
    assert registry.report(home, "one").to_json() == report
