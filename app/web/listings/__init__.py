"""Pages of listings beyond those of the gallery: of a batch, and of the listing of a photo."""
