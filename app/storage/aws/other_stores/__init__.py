"""Support for object stores other than Amazon S3."""
