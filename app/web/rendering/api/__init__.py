"""JSON for programs: see docs/api.md."""
