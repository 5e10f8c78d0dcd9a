"""Maintenance of albums: check, repair, rebuild, export, import."""
