"""Reports of photos that visitors find wrong."""
