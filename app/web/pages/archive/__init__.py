"""Pages of the photos by the date they were taken."""
