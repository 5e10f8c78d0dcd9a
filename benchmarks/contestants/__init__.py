"""One module a contestant: each runs as a process of its own, so that none warms up or slows down another."""
