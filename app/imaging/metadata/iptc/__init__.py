"""Read and write the fields of the IPTC Photo Metadata Standard: XMP, IPTC IIM and EXIF."""
