"""Change many photos in one request, or in several."""
