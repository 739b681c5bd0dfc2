"""Genre colours: readable on light and dark, stable, and enough of them."""

from __future__ import annotations

import pytest

from genrefit import plots
from genrefit.plots import colours
from tests.plots.conftest import GENRES, luminance
from tests.support.explored import table


def test_luminance_is_wcags():
    assert luminance("#FFFFFF") == pytest.approx(1) and luminance("#000000") == 0
    assert luminance("#808080") == pytest.approx(0.2159, abs=1e-4)
    assert luminance("#FF0000") == pytest.approx(0.2126)


def test_colours_stand_out_on_light_and_dark():
    dark = luminance("#0E1117")
    for colour in colours.PALETTE:
        assert 1.05 / (luminance(colour) + 0.05) > 2.2  # against white
        assert (luminance(colour) + 0.05) / (dark + 0.05) > 3
    assert len(set(colours.PALETTE)) == len(colours.PALETTE) == 12


def test_a_genre_keeps_its_colour_whatever_is_shown():
    known = ["rock", "jazz", "Folk", "metal"]
    everywhere = plots.genre_colours(known)
    assert plots.genre_colours(reversed(known)) == everywhere
    known = sorted(known, key=str.casefold)
    few = plots.likelihood_bars({"rock": 0.6, "jazz": 0.4}, known=known)
    assert list(few.data[0].marker.color) == [everywhere["jazz"], everywhere["rock"]]
    songs = table(per_genre=5)
    known = ["ambient", *GENRES]
    some = plots.scatter(songs, "parts", "noise", genres=["metal"], known=known)
    assert [trace.name for trace in some.data] == ["metal"]
    assert some.data[0].marker.color == plots.genre_colours(known)["metal"]


def test_many_genres_differ_by_marker_and_pattern():
    genres = [f"genre {i:03}" for i in range(90)]
    by_colour, by_symbol = colours.genre_colours(genres), colours.genre_symbols(genres)
    by_pattern = colours.genre_patterns(genres)
    assert len({(by_colour[g], by_symbol[g]) for g in genres}) == 90
    assert len({(by_colour[g], by_pattern[g]) for g in genres}) == 90


def test_a_model_of_other_genres_takes_no_colour_away():
    known = ["classical", "rock"]
    alone = plots.genre_colours(known)
    figure = plots.likelihood_bars({"blues": 0.5, "rock": 0.3, "classical": 0.2}, known=known)
    shown = dict(zip(figure.data[0].y, figure.data[0].marker.color, strict=True))
    assert {genre: shown[genre] for genre in known} == alone
    assert shown["blues"] not in alone.values()


def test_unknown_genres_come_after_the_known_ones():
    known = colours.known_genres(["aaa", "rock"], ["rock", "jazz"])
    assert known == ["rock", "jazz", "aaa"]


def test_a_new_name_keeps_the_colours_of_all():
    before = plots.genre_colours(["rock", "jazz", "folk"], known=["rock", "jazz", "folk"])
    after = plots.genre_colours(["rock", "bebop", "folk"], known=["rock", "bebop", "folk"])
    assert after == {"rock": before["rock"], "bebop": before["jazz"], "folk": before["folk"]}


def test_a_genre_of_another_model_that_differs_by_case_alone_looks_the_same():
    shown = plots.genre_colours(["Rock", "jazz"], known=["rock", "pop", "Rock", "jazz"])
    assert shown["Rock"] == shown["rock"]
    assert len({shown[genre] for genre in ("rock", "pop", "jazz")}) == 3
