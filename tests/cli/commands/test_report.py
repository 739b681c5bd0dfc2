import json

import pytest

from genrefit.cli.commands.report import report_sentences
from tests.cli.conftest import STYLES
from tests.support import reports
from tests.support.commands import run_command, run_process


def test_the_report_has_the_keys_that_others_rely_on(trained, capsys):
    home, trained_report = trained
    code, out, _ = run_command(home, capsys, "report", "first", "--json")
    report = json.loads(out)
    assert code == 0
    of_training = {"compared", "in_use"}  # what train says beside the report
    assert {advice["about"] for advice in report.pop("next")} == {"curve", "pair", "artists"}
    assert report == {k: v for k, v in trained_report.items() if k not in of_training}
    assert report["model"] == "first"
    assert report["protocol"] == "artist"
    assert sorted(report["genres"]) == sorted(STYLES.values())
    for level in ("segments", "songs"):
        numbers = report[level]
        assert {"accuracy", "balanced_accuracy", "log_loss", "jaccard_macro", "ece"} <= set(numbers)
        matrix = report["confusion"][level]
        assert len(matrix) == len(matrix[0]) == len(STYLES)
    assert report["cross_validated"]["songs"]["accuracy"] >= 0.6
    assert 0 <= report["row_protocol"]["segments"]["accuracy"] <= 1
    assert {"train", "test", "validation"} == set(report["splits"])


def test_a_report_in_words_says_what_was_unheard(trained, capsys):
    code, out, _ = run_command(trained[0], capsys, "report")
    assert code == 0
    assert "artists it has never heard" in out
    assert "Split by rows" in out


@pytest.mark.parametrize(
    ("protocol", "message"),
    [("artist", "artists it has never heard"), ("song", "never heard"), ("row", "leaky")],
)
def test_the_first_sentence_says_what_was_unheard(protocol, message):
    songs = {"accuracy": 0.78, "majority": 0.31, "intervals": {"accuracy": [0.7, 0.86]}}
    text = report_sentences(reports.report({"songs": songs, "protocol": protocol}))
    assert text.startswith("Right for 78 % (70 to 86) of")
    assert message in text
    assert text.endswith("guessing the biggest genre gives 31 %.")


def test_the_first_sentence_is_about_all_songs_unless_the_protocol_leaks():
    held = {"accuracy": 0.79, "majority": 0.14, "intervals": {"accuracy": [0.57, 1.0]}}
    every = {"accuracy": 0.86, "majority": 0.14, "intervals": {"accuracy": [0.75, 0.94]}}
    report = {"songs": held, "protocol": "artist", "cross_validated": {"songs": every},
             "splits": {"validation": {"songs": 40}}}  # fmt: skip
    assert report_sentences(reports.report(report)) == (
        "Right for 86 % (75 to 94) of songs by artists it has never heard; guessing the biggest "
        "genre gives 14 %. Each song was judged once, by a fit that never heard it. On the 40 "
        "songs held back from the start, as the seed did: 79 % (57 to 100)."
    )
    sure = {**held, "intervals": {"accuracy": [0.7, 0.88]}}
    text = report_sentences(reports.report({**report, "songs": sure}))
    assert text.startswith("Right for 86 % (75 to 94) of"), "many held back: the same judgement"
    assert text.endswith("as the seed did: 79 % (70 to 88).")
    leaky = report_sentences(reports.report({**report, "protocol": "row"}))
    assert leaky.startswith("Right for 79 % (57 to 100) of songs whose other segments")


def test_behind_a_cell_stand_its_songs_and_moments(trained):
    home, report = trained
    genres = report["genres"]
    rows = report["cross_validated"]["confusion"]["segments"]
    cells = [(rows[i][j], t, g) for i, t in enumerate(genres) for j, g in enumerate(genres)]
    n, true, guess = max(cells)
    code, out, _ = run_process(home, "report", "--behind", true, guess, "--json")
    assert code == 0
    assert sum(len(song["moments"]) for song in json.loads(out)) == n > 0
    code, out, _ = run_process(home, "report", "--behind", true, guess)
    assert code == 0 and f"of {true} with segments taken for {guess}" in out
    code, _, err = run_process(home, "report", "--behind", true, "polka")
    assert code == 1 and "knows no genre 'polka'" in err
