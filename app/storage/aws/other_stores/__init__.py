"""What object stores other than Amazon S3 need."""
