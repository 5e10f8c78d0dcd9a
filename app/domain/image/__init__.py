"""Values that describe one image: its camera, its sizes, and the result of processing it."""
