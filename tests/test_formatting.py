import math

import pytest

from genrefit import formatting


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (59.4, "59 s"), (200, "3 min"), (7500, "2 h 5 min"), (None, "–")],
)
def test_a_duration(seconds, text):
    assert formatting.duration(seconds) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.82, "82 %"), (0.0, "0 %"), (0.004, "< 1 %"), (1, "100 %"), (None, "–")]
)
def test_a_share_in_percent(share, text):
    assert formatting.percent(share) == text


def test_a_share_comes_with_how_sure_it_is():
    assert formatting.percent_with_interval(0.82, [0.77, 0.87]) == "82 % (77 to 87)"
    assert formatting.percent_with_interval(0.82, None) == "82 %"


def test_a_songs_length():
    assert formatting.clock(222.4) == "3:42"
    assert formatting.clock(59.9) == "1:00"
    assert formatting.clock(math.nan) == formatting.clock(None) == "–"


def test_a_number_with_its_noun():
    assert [formatting.count(n, "song") for n in (0, 1, 1204)] == [
        "0 songs",
        "1 song",
        "1,204 songs",
    ]
