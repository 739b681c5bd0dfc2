from genrefit.ui.components.model_text import label, said_by


def test_a_picker_says_what_a_built_in_model_is_and_which_is_in_use():
    assert label("names", in_use=True) == "names (from your genres' names, in use)"
    assert label("tags", in_use=False) == "tags (a general ear)"
    assert label("mine", in_use=True) == "mine (in use)"
    assert label("mine", in_use=False) == "mine"


def test_a_song_says_by_which_model_and_by_what():
    assert said_by("names").startswith("Said by **names**: by what your genres' names stand for")
    assert said_by("m*ne") == "Said by your model **m\\*ne**."
