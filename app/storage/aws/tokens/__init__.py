"""Access tokens in DynamoDB."""
