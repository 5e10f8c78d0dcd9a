"""What Shoebox is about, in the standard library alone: photos, their names and their words."""
