"""Access tokens of scripts."""
