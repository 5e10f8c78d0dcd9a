"""Shoebox: photo sharing on your own AWS account."""
