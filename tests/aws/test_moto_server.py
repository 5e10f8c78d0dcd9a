"""A server of moto starts empty, also in a process whose earlier tests have stored data."""

import boto3

from tests.aws.moto_server import moto_server


def test_a_server_has_no_data_of_an_earlier_one() -> None:
    """Tests of one process can create the same tables in any order."""
    buckets = []
    for name in ("first", "second"):
        with moto_server() as url:
            s3 = boto3.client(
                "s3",
                endpoint_url=url,
                region_name="us-east-1",
                aws_access_key_id="any",
                aws_secret_access_key="any",
            )
            s3.create_bucket(Bucket=name)
            buckets.append([bucket["Name"] for bucket in s3.list_buckets()["Buckets"]])
            s3.close()
    assert buckets == [["first"], ["second"]]
