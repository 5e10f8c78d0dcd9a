"""The two homes, imaging and everything else that speaks to a vendor's library."""
