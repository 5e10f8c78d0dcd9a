"""Pages of guest links, for guests and for hosts."""
