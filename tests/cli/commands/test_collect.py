import json

from genrefit.cli import main
from genrefit.library import open_library
from tests.cli.conftest import SONGS
from tests.support.commands import run_command


def test_collecting_again_finds_nothing_to_do(trained, capsys):
    code, out, _ = run_command(
        trained[0], capsys, "collect", "--features", "classic", "--features", "timbre", "--json"
    )
    assert code == 0
    assert json.loads(out)["done"] == 0


def test_moved_songs_stay_so_and_removed_ones_until_let_back_in(folders, tmp_path, capsys):
    home = tmp_path / "home"
    collect = ("collect", "--features", "classic", "--jobs", "1")
    for name in ("punk", "waltz"):
        run_command(home, capsys, "genres", "add", name, str(folders / name))
    run_command(home, capsys, *collect)
    with open_library(main.config.home(home)) as library:
        gone, moved = [s.song_id for s in library.songs() if s.genres == ("punk",)][:2]
        library.remove(gone)
        library.add_to_genre(moved, "waltz")
        library.remove_from_genre(moved, "punk")
    for more, expected in (
        ([], {"punk": SONGS - 2, "waltz": SONGS + 1}),
        (["--let-back-in"], {"punk": SONGS - 1, "waltz": SONGS + 1}),
    ):
        assert run_command(home, capsys, *collect, *more)[0] == 0
        _, out, _ = run_command(home, capsys, "library", "--json")
        assert json.loads(out)["genres"] == expected
