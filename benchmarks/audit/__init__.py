"""`make audit`: the bars that the site holds itself to, for weight, speed and being usable by everyone."""
