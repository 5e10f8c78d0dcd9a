"""Serve moto's S3 and DynamoDB: `python -m tests.faults.moto_server PORT`."""

import sys

from moto.server import main

from tests.moto_overhead import reduced_overhead

if __name__ == "__main__":
    with reduced_overhead():
        main(["-p", sys.argv[1]])
