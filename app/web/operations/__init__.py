"""Show operators roles and admin actions in the log, and the status of the site."""
