"""Storage backends: object stores and catalogs."""
