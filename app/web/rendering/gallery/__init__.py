"""The photos of a listing: their days, rows, cards and image sizes."""
