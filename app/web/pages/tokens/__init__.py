"""The page of access tokens for the admin."""
