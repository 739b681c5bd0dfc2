from __future__ import annotations

import pytest

from genrefit.errors import ModelError
from genrefit.learning import (
    model_names,
)
from tests.support.models import own_names


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../up", "a/b", "a\\b", "tags", "Ear", "x.part", "-a", "a" * 65, "a\n"]
)
def test_names_that_cannot_be(home, save, name):
    with pytest.raises(ModelError):
        save(name)
    assert not list(home.path.glob("*.skops"))
    assert own_names(home) == []


@pytest.mark.parametrize("name", ["my wedding", "jazz+rock, 2", "naïve", "v1.2"])
def test_names_that_can(home, save, name):
    assert save(name) == name
    assert own_names(home) == [name]


def test_fresh_names_are_readable_and_new(home, save):
    first = model_names.fresh_name(home, ("Hip-Hop", "jazz"), "ear")
    assert first.startswith("hip_hop-jazz-ear-20")
    save(first)
    assert model_names.fresh_name(home, ("Hip-Hop", "jazz"), "ear") == f"{first}-2"
    assert model_names.fresh_name(home, tuple("abcd"), "timbre").startswith("4-genres-timbre-")
    assert model_names.fresh_name(home, ("///", "???"), "ear").startswith("2-genres-ear-")
