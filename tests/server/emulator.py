"""An emulator of AWS in this process, for sites and commands of tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.aws.moto_server import moto_server
from tests.server.client import run_command
from tools import aws_emulator


@contextmanager
def provisioned_emulator() -> Iterator[dict[str, str]]:
    """Run moto with the resources of a site, as `make run-aws` does; yield the site's settings."""
    with moto_server() as url:
        settings = aws_emulator.SETTINGS | {"AWS_ENDPOINT_URL": url}
        run_command("provision", **settings)
        yield settings
