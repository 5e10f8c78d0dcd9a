"""The items of listings, and ordered listings in DynamoDB."""
