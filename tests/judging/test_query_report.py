"""The report card of a query: precision on labelled songs that the model has not heard."""

from __future__ import annotations

import json

import numpy as np
import pytest

from genrefit.judging.labelled_songs import LabelledSongs, labelled_songs
from genrefit.judging.query_report import judged_query, query_report
from genrefit.learning import registry
from genrefit.learning.recipe import Recipe
from genrefit.learning.train import train
from genrefit.query import parse
from tests.support.commands import run_command
from tests.support.homes import fill_library

GENRES = ("folk", "hip hop", "jazz")


def songs(labels, P, artists=None):
    member = np.array([[genre in own for genre in GENRES] for own in labels])
    artist = np.arange(len(labels)) if artists is None else np.array(artists)
    return LabelledSongs(tuple(f"s{i}" for i in range(len(labels))), GENRES, np.array(P), member,
                         artist)  # fmt: skip


def judged(text, *arguments, **options):
    return judged_query(parse(text, GENRES), songs(*arguments, **options), model="mine")


def ranked(labels):
    """Likelihoods by which the songs rank for folk in the order given."""
    folk = np.linspace(0.95, 0.05, len(labels))
    return np.column_stack([folk, (1 - folk) / 2, (1 - folk) / 2])


def test_precision_is_the_share_of_the_first_songs_that_is_labelled_so():
    labels = [("folk",)] * 4 + [("jazz",)] + [("folk",)] * 2 + [("jazz",)] * 23
    report = judged("folk", labels, ranked(labels))
    assert [(p.of, p.precision) for p in report.precisions] == [(5, 0.8), (10, 0.6), (20, 0.3)]
    assert report.relevant == 6 and report.songs == 30
    assert all(p.low <= p.precision <= p.high for p in report.precisions)
    assert "of the first 20, expect 6" in report.sentence()
    assert "only 6 of them are so labelled" in report.sentence()


def test_a_perfect_ranking_leaves_no_doubt():
    labels = [("folk",)] * 60 + [("jazz",)] * 20
    report = judged("folk", labels, ranked(labels))
    assert report.precisions[-1].precision == report.precisions[-1].low == 1
    assert report.sentence().startswith("of the first 20, expect 20 to be what you asked")


def test_one_artist_with_many_songs_widens_the_interval():
    labels = [("folk",), ("jazz",)] * 30
    alone = judged("folk", labels, ranked(labels))
    few = judged("folk", labels, ranked(labels), artists=[i // 10 for i in range(60)])
    assert len(np.unique([i // 10 for i in range(60)])) == 6
    skewed = [("folk",)] * 10 + [("jazz",)] * 50
    by_one = judged("folk", skewed, ranked(skewed), artists=[0] * 10 + list(range(1, 51)))
    by_ten = judged("folk", skewed, ranked(skewed))
    width = [r.precisions[1].high - r.precisions[1].low for r in (by_one, by_ten)]
    assert width[0] > width[1] and by_one.precisions[1].low == 0
    assert alone.precisions[1].precision == few.precisions[1].precision


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("folk and jazz", "none of your songs is labelled as folk and jazz"),
        ("70% folk, 30% jazz", "parts"),
        ("folk > 50%", "how much"),
    ],
)
def test_where_labels_do_not_tell_it_says_why(text, why):
    labels = [("folk",)] * 20 + [("jazz",)] * 20
    report = judged(text, labels, ranked(labels))
    assert report.precisions == () and why in report.unknowable and why in report.sentence()
    assert json.loads(json.dumps(report.to_json()))["unknowable"] == report.unknowable


def test_too_few_labelled_songs_tell_nothing():
    labels = [("folk",)] * 3 + [("jazz",)] * 3
    assert "too few songs to tell" in judged("folk", labels, ranked(labels)).sentence()


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    from genrefit import config

    home = config.home(tmp_path_factory.mktemp("query-report"))
    labels = [["folk"], ["hip hop"], ["jazz"]] * 12 + [["folk", "jazz"]] * 6
    fill_library(home, labels)
    train(home, Recipe(pipeline="logistic", name="mine", features="classic"), n_jobs=1)
    return home


def test_it_is_made_on_out_of_fold_likelihoods(trained, capsys):
    judged_songs = labelled_songs(trained, "mine")
    table = registry.out_of_fold(trained, "mine")
    np.testing.assert_allclose(judged_songs.P, table.loc[list(judged_songs.song_ids)])
    report = query_report(trained, parse("folk and jazz", GENRES), model="mine")
    assert report.relevant == 6 and report.songs == 42
    arguments = ["find", "folk but not hip hop", "--report"]
    code, out, err = run_command(trained.path, capsys, *arguments)
    assert code == 0 and "expect" in out, err
    _, out, _ = run_command(trained.path, capsys, *arguments, "--json")
    printed = json.loads(out)
    assert printed["report"]["relevant"] == 18 and printed["hits"][0]["held_out"] is True
    _, out, err = run_command(trained.path, capsys, *arguments, "--csv")
    assert "expect" in err and "expect" not in out
