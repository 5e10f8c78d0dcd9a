"""Provisioning, the policies, and the script an instance is launched with."""
