"""Albums, against visitors who want more of them than they may have."""
