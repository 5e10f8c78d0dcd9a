"""Browser tests of the parts that every page has."""
