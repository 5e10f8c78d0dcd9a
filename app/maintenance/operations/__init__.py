"""Facts about the installation of a site."""
