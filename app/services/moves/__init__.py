"""Changes of the state of a photo, and the moves of its objects."""
