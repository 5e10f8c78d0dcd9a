"""Documents for programs: Atom, oEmbed, the sitemap, robots.txt and the web app manifest."""
