"""`make test-boot`: run deploy/user_data.sh on a booted system and inject failures."""
