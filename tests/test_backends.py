"""The storage backend is built once, from the configuration."""

import subprocess
import sys
from dataclasses import replace

from app.backends import build_backend
from app.config import Config
from app.storage.aws.s3 import S3Store
from app.storage.local.folder import LocalObjectStore
from tests.backends import BUCKET, REGION, TABLE, aws_environment

LOCAL_ONLY = """
import sys
import app
from app.backends import build_backend
from app.config import Config
build_backend(Config())
sys.exit("boto3" in sys.modules)
"""


def test_backend_is_local_without_a_bucket(config: Config) -> None:
    """A folder and SQLite need no settings."""
    assert isinstance(build_backend(config).objects, LocalObjectStore)


def test_backend_is_aws_with_a_bucket(config: Config) -> None:
    """Nothing is sent to AWS before the first call."""
    aws = replace(config, photo_bucket=BUCKET, photo_table=TABLE, aws_region=REGION)
    with aws_environment():
        objects = build_backend(aws).objects
    assert isinstance(objects, S3Store)
    assert objects.url("photos/x").endswith("/photos/x")


def test_local_backend_does_not_import_boto3(config: Config) -> None:
    """boto3 takes 40 MB and a third of a second."""
    script = LOCAL_ONLY.replace("Config()", f"Config(photo_dir=Path({str(config.photo_dir)!r}))")
    script = f"from pathlib import Path\n{script}"
    subprocess.run([sys.executable, "-c", script], check=True)
