"""How texts are searched."""
