"""Let the asserts of all modules of `tests` show their values, also those of helpers."""

import pytest

pytest.register_assert_rewrite("tests")  # before any of them is imported
