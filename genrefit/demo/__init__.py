"""A home to look around in where there is no music yet: composed here, and labelled so."""

from genrefit.demo.builder import STYLES, DemoResult, build, folder, genre, is_demo
from genrefit.demo.removal import remove

__all__ = ["STYLES", "DemoResult", "build", "folder", "genre", "is_demo", "remove"]
