"""Access tokens: the port, and how the admin creates and revokes them."""
