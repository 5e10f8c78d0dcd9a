"""One module for each implementation; each runs in a process of its own."""
