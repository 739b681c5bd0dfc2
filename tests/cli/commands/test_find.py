import csv
import io
import json

from tests.support.commands import run_command


def test_find_ranks_and_exports(trained, capsys):
    home = trained[0]
    query = "dance & drums but not punk"
    code, out, _ = run_command(home, capsys, "find", query, "--json", "--top", "4")
    hits = json.loads(out)
    assert code == 0
    assert len(hits) == 4
    assert [hit["fit"] for hit in hits] == sorted((hit["fit"] for hit in hits), reverse=True)
    assert {"song_id", "title", "artist", "fit", "terms", "likelihoods"} <= set(hits[0])
    code, out, _ = run_command(home, capsys, "find", query, "--m3u")
    assert out.startswith("#EXTM3U")
    assert out.count("#EXTINF") == 15
    code, out, _ = run_command(home, capsys, "find", query, "--csv")
    assert len(list(csv.DictReader(io.StringIO(out)))) == 15
    code, out, _ = run_command(home, capsys, "find", query, "--least", "0.99999999")
    assert code == 0


def test_situations_are_saved_and_used(trained, capsys):
    home = trained[0]
    run_command(home, capsys, "find", "punk", "--situation", "moshing")
    _, by_name, _ = run_command(home, capsys, "find", "--situation", "moshing", "--json")
    _, by_query, _ = run_command(home, capsys, "find", "punk", "--json")
    assert json.loads(by_name) == json.loads(by_query)
    code, _, err = run_command(home, capsys, "find", "--situation", "wedding")
    assert (code, "there are: moshing" in err) == (1, True)


def test_a_wrong_query_is_refused_before_anything_is_ranked(trained, capsys):
    code, _, err = run_command(trained[0], capsys, "find", "pnk")
    assert code == 1
    assert "did you mean punk?" in err
