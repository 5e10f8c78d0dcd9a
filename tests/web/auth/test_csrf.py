"""Every POST needs a token or a header of its own. tests/abuse/test_forms.py attacks forms."""

from tests.visitor import Visitor
from tests.web.auth.conftest import ADMIN_PASSWORD


def test_post_without_a_token_is_rejected(visitor: Visitor) -> None:
    """A form of another site has no token."""
    answer = visitor.client.post("/logout")
    assert answer.status_code == 400
    assert "expired" in answer.text


def test_post_with_the_token_is_accepted(visitor: Visitor) -> None:
    """The token of any form of this site is valid for its browser."""
    token = visitor.fields("/login")["csrf_token"]
    assert visitor.post("/logout", {"csrf_token": token}).status_code == 303


def test_headers_replace_the_token(visitor: Visitor) -> None:
    """Another site cannot send these headers without a preflight request."""
    for headers in (
        {"X-Requested-With": "script"},
        {"Authorization": f"Bearer {ADMIN_PASSWORD}"},
    ):
        assert visitor.client.post("/logout", headers=headers).status_code == 303


def test_wrong_bearer_token_does_not_replace_the_token(visitor: Visitor) -> None:
    """Only a valid password proves that a script of the operator sent the request."""
    headers = {"Authorization": "Bearer a wrong one"}
    assert visitor.client.post("/logout", headers=headers).status_code == 400
