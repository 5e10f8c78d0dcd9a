"""Pages for programs: Atom, sitemap, oEmbed."""
