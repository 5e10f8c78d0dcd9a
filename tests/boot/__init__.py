"""`make test-boot`: deploy/user_data.sh on a system that really boots, and what may befall it there."""
