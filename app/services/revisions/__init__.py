"""Replace the files of photos by those of another revision."""
