from pathlib import Path

import pytest

from genrefit import config, features
from tests.features.test_yamnet import needs_second_ear
from tests.support.commands import run_command


def test_the_ears_are_fetched_once(tmp_path, capsys, monkeypatch):
    homes = []
    monkeypatch.setattr(features, "ear_is_ready", lambda home: home.path in homes)
    monkeypatch.setattr(features, "second_ear_is_ready", lambda home: home.path in homes)

    def fetch_ears(home, on_progress):
        homes.append(home.path)
        return "no second ear for now: the index is away"

    monkeypatch.setattr(features, "fetch_ears", fetch_ears)
    code, _, err = run_command(tmp_path, capsys, "ear")
    assert (code, homes) == (0, [tmp_path])
    assert "drop a song on the dashboard" in err
    assert "the index is away" in err
    code, _, err = run_command(tmp_path, capsys, "ear")
    assert (code, homes) == (0, [tmp_path])
    assert "here already" in err


@needs_second_ear
def test_a_file_of_yamnet_becomes_the_second_ear(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("GENREFIT_EAR", str(tmp_path / "ear"))
    network = features.second_ear_folder(config.Home(Path(config.CHECKOUT)))
    assert not network.exists()
    kept = config.CHECKOUT / "models" / "ear" / "yamnet" / "yamnet.onnx"
    code, _, err = run_command(tmp_path, capsys, "ear", "--yamnet", str(kept))
    assert code == 0
    assert "the second ear is here" in err
    assert features.second_ear_is_ready(config.Home(tmp_path))


@pytest.mark.parametrize("content", [None, b"", b"no network", b"PK\x03\x04 no zip"])
def test_a_file_that_is_no_network_is_refused_in_a_sentence(tmp_path, capsys, monkeypatch, content):
    monkeypatch.setenv("GENREFIT_EAR", str(tmp_path / "ear"))
    file = tmp_path / "mine.onnx"
    if content is not None:
        file.write_bytes(content)
    code, _, err = run_command(tmp_path, capsys, "ear", "--yamnet", str(file))
    assert code == 1
    assert "mine.onnx" in err
    assert "Traceback" not in err
    assert not features.second_ear_is_ready(config.Home(tmp_path))
