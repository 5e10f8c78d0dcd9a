"""Pages of guest links: for guests, and for the host."""
