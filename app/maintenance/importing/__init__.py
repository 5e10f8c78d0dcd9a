"""Import photos from folders that other programs and sites have written."""
