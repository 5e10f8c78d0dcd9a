"""Skip tests where their programs are missing. `make test` installs them or names them."""

import pytest

from tests.https.instance import NGINX

NEEDS_NGINX = pytest.mark.skipif(NGINX is None, reason="needs nginx: apt-get install nginx")
