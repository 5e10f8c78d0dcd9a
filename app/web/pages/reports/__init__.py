"""Reports of photos: the form for everyone, and the page on which the admin answers them."""
