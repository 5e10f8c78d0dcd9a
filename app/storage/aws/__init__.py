"""The AWS storage backend: S3 and DynamoDB."""
