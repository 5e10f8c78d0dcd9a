"""Tests of the support for object stores other than Amazon S3."""
