"""Template helpers: translations, formats, URLs and image sizes."""
