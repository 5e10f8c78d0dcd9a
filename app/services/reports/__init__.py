"""Reports of photos: the port, and the actions of visitors and the admin."""
