from __future__ import annotations

import json

from genrefit.learning.recipe import Recipe


def test_a_recipe_is_the_arguments_of_a_job():
    recipe = Recipe(genres=("a", "b"), drop=("mfcc9",), grid=True, seed=3)
    values = json.loads(json.dumps(recipe.to_json()))
    assert values["genres"] == ["a", "b"] and values["drop"] == ["mfcc9"]
    assert Recipe.from_json(values) == recipe
    assert Recipe.from_json({"genres": ["a", "b"]}) == Recipe(genres=("a", "b"))
