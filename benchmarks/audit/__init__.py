"""`make audit`: check the weight, loading and accessibility of pages against limits."""
