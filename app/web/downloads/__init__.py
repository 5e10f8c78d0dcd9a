"""Send many photos as one ZIP file."""
