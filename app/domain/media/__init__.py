"""How photos reach browsers."""
