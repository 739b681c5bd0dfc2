"""What tests share: songs, tables, signals, servers."""
