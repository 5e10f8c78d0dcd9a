"""The site with photos in an object store and its catalog in SQLite."""
