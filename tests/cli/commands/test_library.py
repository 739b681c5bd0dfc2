import json

from tests.cli.conftest import SONGS, STYLES
from tests.support.commands import run_command


def test_the_library_counts(trained, capsys):
    code, out, _ = run_command(trained[0], capsys, "library", "--json")
    assert code == 0
    assert json.loads(out) == {
        "songs": 15,
        "segments": 30,
        "genres": dict.fromkeys(sorted(STYLES.values()), SONGS),
        "failed": [],
    }
