"""Add photos to albums, and arrange the photos of an album."""
