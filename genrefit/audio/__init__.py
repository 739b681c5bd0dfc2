"""From a file's bytes to mono samples, and from samples to segments."""
