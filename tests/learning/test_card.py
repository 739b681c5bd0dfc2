from __future__ import annotations

import pandas as pd

from genrefit.features import FEATURE_SETS
from genrefit.learning import card, registry
from tests.support import tables


def test_the_card_says_what_the_model_is(trained_home):
    home, report, _ = trained_home
    card = registry.card(home, "one").to_json()
    assert card["genres"] == report["genres"] == ["folk", "jazz", "rock"]
    assert card["columns"] == list(FEATURE_SETS["classic"].columns)
    assert len(card["fingerprint"]) == 64
    assert card["versions"]["scikit-learn"].startswith("1.")
    pd.Timestamp(card["date"])


def test_fingerprints_tell_data_apart_but_not_its_order():
    table = tables.drawn([["jazz"], ["rock"]] * 6)
    genres = ("jazz", "rock")
    first = card.fingerprint(table, genres)
    reordered = tables.Table(
        table.X[::-1].reshape(-1, 4, 20)[:, ::-1].reshape(-1, 20),
        table.song,
        table.start,
        table.songs[::-1].reset_index(drop=True),
        table.columns,
        table.features,
        table.version,
    )
    assert card.fingerprint(reordered, genres) == first
    table.X[0, 0] += 1
    assert card.fingerprint(table, genres) != first
