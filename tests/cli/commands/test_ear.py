from genrefit import features
from tests.support.commands import run_command


def test_the_ear_is_fetched_once(tmp_path, capsys, monkeypatch):
    homes = []
    monkeypatch.setattr(features, "ear_is_ready", lambda home: home.path in homes)
    monkeypatch.setattr(features, "fetch_ear", lambda home, on_progress: homes.append(home.path))
    code, _, err = run_command(tmp_path, capsys, "ear")
    assert (code, homes) == (0, [tmp_path])
    assert "drop a song on the dashboard" in err
    code, _, err = run_command(tmp_path, capsys, "ear")
    assert (code, homes) == (0, [tmp_path])
    assert "here already" in err
