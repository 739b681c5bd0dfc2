"""A model of a stranger is refused before it takes more than a model can."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
import zipfile

import pytest

from genrefit.errors import ModelError
from genrefit.learning import bounded_files, model_store, registry
from tests.support.commands import run_command


def archive(**entries: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name.replace("__", "."), content)
    return file.getvalue()


def array(shape: str) -> bytes:
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"
    head = head.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode() + b"\0" * 64


BAD = {
    "bomb": archive(a__npy=array("(8,)"), big=b"\0" * (bounded_files.MOST_BYTES + 1)),
    "huge array": archive(a__npy=array("(10000000000, 10000)")),
    "inner archive": archive(a__npz=archive(b__npy=array("(10000000000,)"))),
    "deep": archive(schema__json=b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "no archive": b"PK nonsense",
    "other content": archive(schema__json=b"[]"),
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_a_model_that_is_none_is_one_sentence(home, save, capsys, content):
    save("mine")
    folder = home.models / "mine"
    (folder / model_store.MODEL).write_bytes(content)
    card = json.loads((folder / model_store.CARD).read_text())
    card["sha256"][model_store.MODEL] = hashlib.sha256(content).hexdigest()
    (folder / model_store.CARD).write_text(json.dumps(card))
    with pytest.raises(ModelError):
        registry.load(home, "mine")


@pytest.mark.parametrize(
    "content",
    [b"", b"[" * 100_000, b'{"a":' * 5000, b"{}", b"[]", b"null", b'{"format": "x"}', b"\xff",
     b" " * (bounded_files.MOST_FILE_BYTES["card.json"] + 1)],
)  # fmt: skip
@pytest.mark.parametrize("file", ["card.json", "report.json", "in_use.json"])
def test_cards_and_reports_that_are_none_are_one_sentence(home, save, capsys, file, content):
    save("mine")
    path = home.models / file if file == "in_use.json" else home.models / "mine" / file
    path.write_bytes(content)
    for verb in (["models"], ["report", "mine"], ["models", "use", "mine"]):
        code, _, err = run_command(home.path, capsys, *verb)
        assert code in (0, 1)
        assert "Traceback" not in err
        assert "bug" not in err


def test_what_training_writes_is_within_the_bounds(home, save):
    save("mine")
    registry.load(home, "mine")
    registry.report(home, "mine")
    registry.out_of_fold_segments(home, "mine")


def test_the_depth_is_counted():
    assert bounded_files.read_json(b'{"a": [1, {"b": 2}]}', "x") == {"a": [1, {"b": 2}]}
    with pytest.raises(ModelError, match="nested"):
        bounded_files.read_json(b'{"a":' * 101 + b"1" + b"}" * 101, "x")


def test_reading_a_small_file_takes_little_memory(tmp_path):
    """A worker may allocate 2 GB in all; a read of n bytes allocates n, however small the file."""
    (tmp_path / "model.skops").write_bytes(b"x" * 1000)
    tracemalloc.start()
    try:
        assert len(bounded_files.read(tmp_path / "model.skops")) == 1000
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
