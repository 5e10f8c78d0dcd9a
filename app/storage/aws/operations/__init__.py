"""Keep the results of maintenance in DynamoDB."""
