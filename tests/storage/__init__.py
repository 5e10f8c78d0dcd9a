"""What both homes promise: one suite, run on a folder with SQLite and on S3 with DynamoDB (moto)."""
