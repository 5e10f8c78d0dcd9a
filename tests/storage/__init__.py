"""Tests of both storage backends: a folder with SQLite, and S3 with DynamoDB (moto)."""
