"""From the sources of the genres to songs and features in the library."""
