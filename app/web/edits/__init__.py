"""Changes of one photo by its form."""
