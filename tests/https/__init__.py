"""HTTPS tests with a certificate authority on loopback."""
