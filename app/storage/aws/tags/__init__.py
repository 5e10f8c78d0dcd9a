"""The number of photos of each tag, and the photos that represent tags."""
