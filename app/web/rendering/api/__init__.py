"""JSON for scripts: see docs/api.md."""
