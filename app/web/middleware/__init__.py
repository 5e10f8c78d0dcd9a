"""WSGI middleware and request hooks: everything between the server and the views."""
