"""The domain model: photos, their ids, texts and tags. It uses the standard library only."""
