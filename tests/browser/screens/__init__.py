"""Every screen of the site, for tests and measurements of all of them."""
