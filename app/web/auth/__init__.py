"""Authentication and authorization: passwords, sessions, the contributor cookie, access."""
