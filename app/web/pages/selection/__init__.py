"""Select photos of a listing, and change them at once."""
