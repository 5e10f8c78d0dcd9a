"""Download many photos as one ZIP file."""
