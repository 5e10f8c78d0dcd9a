"""Image processing with Pillow: decode, remove metadata, resize."""
