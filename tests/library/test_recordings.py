"""Copies of one recording are known by their segments, and stay together."""

from __future__ import annotations

import numpy as np
import pytest

from genrefit.errors import Cancelled
from genrefit.library import open_library
from genrefit.records import Features
from tests.support.recordings import drawn, features, song


def test_copies_are_found_whatever_they_are_called_and_wherever_they_begin(home):
    with open_library(home) as library:
        for number in range(12):
            library.add(song(f"s{number:02}", "jazz"), features(drawn(number)))
        for number, cut in ((3, 0), (5, 1), (7, 14), (9, 39)):
            library.add(song(f"copy of {number}", "folk"), features(drawn(number), cut=cut))
        recordings = library.recordings()
        table = library.table("timbre")
    for number in range(12):
        same = {s for s, r in recordings.items() if r == recordings[f"s{number:02}"]}
        expected = {f"s{number:02}"} | ({f"copy of {number}"} if number in (3, 5, 7, 9) else set())
        assert same == expected
    assert dict(zip(table.songs["song_id"], table.songs["recording"], strict=True)) == recordings


def test_songs_that_come_later_join_their_group_and_nothing_is_compared_twice(home):
    with open_library(home) as library:
        library.add(song("b", "jazz"), features(drawn(1)))
        library.add(song("c", "jazz"), features(drawn(2)))
        assert library.compare_recordings() == 2
        assert library.compare_recordings() == 0
        library.add(song("d", "folk"), features(drawn(1), cut=6))
        library.add(song("a", "folk"), features(drawn(2), cut=3))
        assert library.compare_recordings() == 2
        assert library.recordings() == {"b": "b", "d": "b", "c": "a", "a": "a"}
        library.remove("c")
        library.undo()
        assert library.recordings()["c"] == library.recordings()["a"]


def test_a_song_whose_features_are_replaced_is_compared_anew(home):
    with open_library(home) as library:
        library.add(song("a"), features(drawn(1)))
        library.add(song("b"), features(drawn(2)))
        assert len(set(library.recordings().values())) == 2
        library.add_features("b", features(drawn(1), cut=2))
        assert len(set(library.recordings().values())) == 1
        library.add_features("b", features(drawn(2)))
        assert len(set(library.recordings().values())) == 2


def test_a_copy_that_lacks_the_best_feature_set_is_compared_by_another(home):
    both = features(drawn(1)) | features(drawn(1, name="classic"), name="classic")
    with open_library(home) as library:
        library.add(song("a"), both)
        library.add(song("b"), features(drawn(1, name="classic"), cut=5, name="classic"))
        library.add(song("c"), features(drawn(2, name="classic"), name="classic"))
        recordings = library.recordings()
    assert recordings["a"] == recordings["b"] != recordings["c"]


def test_a_silent_segment_that_was_left_out_does_not_hide_a_copy(home):
    whole = features(drawn(4))["timbre"]
    keep = np.array([i not in (6, 7) for i in range(len(whole.starts))])
    with open_library(home) as library:
        library.add(song("a"), {"timbre": Features(whole.starts[keep], whole.values[keep])})
        library.add(song("b"), features(drawn(4), cut=2))
        assert len(set(library.recordings().values())) == 1


def test_songs_too_short_to_have_an_order_are_copies_only_where_all_but_equal(home):
    with open_library(home) as library:
        library.add(song("a"), features(drawn(1, n=2), noise=0.05, shift=0.0))
        library.add(song("b"), features(drawn(1, n=2), noise=0.05, shift=0.0))
        library.add(song("c"), features(drawn(1, n=2) + 0.5, noise=0.05, shift=0.0))
        assert library.recordings() == {"a": "a", "b": "a", "c": "c"}


def test_comparing_can_be_stopped_and_says_how_far_it_is(home):
    stages = []
    with open_library(home) as library:
        library.add(song("a"), features(drawn(1)))
        with pytest.raises(Cancelled):
            library.compare_recordings(cancelled=lambda: True)
        library.compare_recordings(on_progress=lambda p: stages.append(p.stage))
    assert set(stages) == {"looking for copies"}


def test_means_are_kept_beside_the_segments(home):
    with open_library(home) as library:
        library.add(song("a", "jazz"), features(drawn(1)))
        library.add(song("b", "folk"), features(drawn(2)))
        values = library.features("b", "timbre").values.astype(float)
        table = library.song_table("timbre", genres=["folk"])
        assert table.songs["song_id"].tolist() == ["b"]
        np.testing.assert_allclose(table.means[0], values.mean(axis=0), rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(table.deviations[0], values.std(axis=0), rtol=1e-4, atol=1e-5)
        with library.transaction() as db:
            db.execute("DELETE FROM song_means")  # a library of an earlier version
        np.testing.assert_array_equal(library.song_table("timbre").means[1], table.means[0])
        library.add_features("b", features(drawn(3)))
        assert not np.allclose(library.song_table("timbre").means[1], table.means[0])
        library.remove("b")
        assert library.song_table("timbre").songs["song_id"].tolist() == ["a"]
        library.undo()
        assert library.song_table("timbre").songs["song_id"].tolist() == ["a", "b"]


def test_a_song_that_was_just_heard_is_known_as_a_copy_or_is_like_nothing(home):
    with open_library(home) as library:
        for number in range(3):
            library.add(song(f"s{number:02}", "jazz"), features(drawn(number)))
        assert library.copies_of(features(drawn(1), cut=1)) == ["s01"]
        far = features(drawn(99) + 1000.0)
        assert library.copies_of(far) == []
    with open_library(home) as library:
        for number in range(3):
            library.remove(f"s{number:02}")
        assert library.copies_of(far) == []
