"""HTTP: one blueprint a noun."""
