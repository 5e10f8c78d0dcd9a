"""Documents for programs: Atom, oEmbed, OpenAPI, the sitemap, robots.txt and the app manifest."""
