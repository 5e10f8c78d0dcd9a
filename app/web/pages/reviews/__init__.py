"""Review the photos that wait for it."""
