"""A site in a process of its own, whose worker is killed."""
