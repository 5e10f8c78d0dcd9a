"""Ordered listings in DynamoDB."""
