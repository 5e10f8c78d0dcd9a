"""The operator's commands that look after a collection, copy it, and put it back."""
