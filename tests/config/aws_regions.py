"""The regions of AWS."""

import boto3


def all_regions() -> list[str]:
    """Return every region of every partition in botocore's own data."""
    session = boto3.Session()
    return [
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("s3", partition_name=partition)
    ]
