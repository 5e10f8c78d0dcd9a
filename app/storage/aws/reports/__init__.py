"""Reports of photos in DynamoDB."""
