"""Show operators what the site does: roles and admin actions in the log, and its status."""
