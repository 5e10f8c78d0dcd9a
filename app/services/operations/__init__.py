"""Results of maintenance, and the status of the site."""
