from genrefit.cli import main


def test_app_takes_a_port(monkeypatch, tmp_path):
    served = {}
    monkeypatch.setattr("genrefit.server.app.serve", lambda home, **options: served.update(options))
    monkeypatch.setenv("GENREFIT_HOME", str(tmp_path))
    assert main.main(["app", "--port", "65535", "--no-browser"]) == 0
    assert served == {"port": 65535, "browser": False}
