import runpy

from genrefit import config

SIZES = runpy.run_path(str(config.CHECKOUT / "tools" / "sizes.py"))


def measured(text):
    path = config.CHECKOUT / "genrefit" / "never_written.py"

    class File:
        def read_text(self, encoding):
            return text

        def relative_to(self, root):
            return path.relative_to(root)

    return {name: lines for name, lines, _ in SIZES["measured"](File())}


def test_functions_are_measured_from_def_to_their_last_line():
    text = "class A:\n    @property\n    def b(self):\n        x = 2\n        return 1\n\n\nx = 1\n"
    assert measured(text) == {
        "genrefit/never_written.py": 8,
        "genrefit/never_written.py:A.b": 3,
    }


def test_a_function_within_a_function_counts_in_both():
    assert measured("def a():\n    def b():\n        return 1\n    return b\n") == {
        "genrefit/never_written.py": 4,
        "genrefit/never_written.py:a": 4,
        "genrefit/never_written.py:a.b": 2,
    }


def test_every_exception_has_a_reason():
    assert all(len(reason) > 20 for reason in SIZES["EXCEPTIONS"].values())
