"""Take the screenshots in the README: generated landscapes on a running site in Chromium."""
