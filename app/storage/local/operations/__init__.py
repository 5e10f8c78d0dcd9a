"""Keep the results of maintenance in files."""
