"""The pages of the site, one blueprint per noun."""
