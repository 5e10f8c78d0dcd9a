"""Albums in DynamoDB."""
