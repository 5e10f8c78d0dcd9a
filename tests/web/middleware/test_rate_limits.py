"""Rate limits count addresses. tests/abuse/test_rate_limits.py tests the limits themselves."""

from pathlib import Path

import pytest
from flask import Flask

from app.web.middleware.rate_limits import client_key
from tests.backends import Backend, local_backend


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return local_backend(tmp_path)


@pytest.mark.parametrize(
    ("address", "key"),
    [("::ffff:203.0.113.9", "203.0.113.9"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")],
)
def test_key_is_the_network_of_the_client(app: Flask, address: str, key: str) -> None:
    """tests/web/test_client_address.py tests more addresses."""
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
        assert client_key() == key
