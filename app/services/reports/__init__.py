"""Reports of photos: the port, and what visitors and the admin do with them."""
