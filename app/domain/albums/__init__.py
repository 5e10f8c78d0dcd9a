"""Albums, the photos that they have, and the order of these."""
