"""The photos that the app sends, or redirects to."""
