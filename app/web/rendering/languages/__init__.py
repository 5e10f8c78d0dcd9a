"""Choose among the languages of the site, and read their catalogs."""
