"""HTTPS with a certificate from an authority on this machine."""
