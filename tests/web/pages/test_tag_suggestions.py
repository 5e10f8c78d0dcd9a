"""Suggested tags."""

from collections.abc import Iterator

import pytest

from tests.backends import Backend, aws_backend
from tests.storage.aws_calls import recorded
from tests.visitor import Visitor


def test_most_used_tags_come_first(visitor: Visitor) -> None:
    """The forms with a tag field name the URL of the suggestions."""
    photo_id = visitor.add(tags="sea, harbour")
    visitor.add(tags="sea")
    answer = visitor.get("/tags.json")
    assert answer.json == ["sea", "harbour"]
    assert answer.cache_control.max_age == 60
    headers = {"If-None-Match": answer.headers["ETag"]}
    assert visitor.get("/tags.json", headers=headers).status_code == 304
    for path in ("/upload", f"/photos/{photo_id}/edit"):
        assert 'data-suggestions-url="/tags.json"' in visitor.get(path).text


class TestCalls:
    """Suggestions on AWS."""

    @pytest.fixture
    def backend(self) -> Iterator[Backend]:
        with aws_backend() as backend:
            yield backend

    def test_suggestions_are_read_once_a_minute(self, backend: Backend, visitor: Visitor) -> None:
        """Three requests read the tags once."""
        assert backend.clients
        with recorded(backend.clients) as calls:
            for _ in range(3):
                assert visitor.get("/tags.json").status_code == 200
        assert calls.counts == {"Query": 16}
