"""Tests of provisioning and of the IAM and bucket policies."""
