from genrefit.features import musicnn
from tests.support.commands import run_command


def test_the_ear_is_fetched_once(tmp_path, capsys, monkeypatch):
    fetched = []
    monkeypatch.setattr(musicnn, "ready", lambda *_: bool(fetched))
    monkeypatch.setattr(musicnn, "fetch", lambda *_, on_progress: fetched.append(on_progress))
    code, _, err = run_command(tmp_path, capsys, "ear")
    assert (code, len(fetched)) == (0, 1)
    assert "drop a song on the dashboard" in err
    code, _, err = run_command(tmp_path, capsys, "ear")
    assert (code, len(fetched)) == (0, 1)
    assert "here already" in err
