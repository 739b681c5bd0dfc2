"""Decode sound files to mono samples, resample them and cut them into segments."""
