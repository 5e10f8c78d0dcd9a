"""A photo's page says the number of the photo in its listing, such as "5 of 42"."""

import re

import pytest
from flask import Flask

from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all, set_max_ranked
from tests.visitor import Visitor

RANK = re.compile(r'<p class="rank">(.*?)</p>', re.DOTALL)
LISTINGS = ("tag:lake", "search:lake", "search:dusk lake ", "uploads")


def ranks(visitor: Visitor, photo_id: str, listing: str | None, **headers: str) -> set[str]:
    """Return the texts that the page has, also the one in full screen, with their markup."""
    query = {"in": listing} if listing else {}
    answer = visitor.get(f"/photos/{photo_id}", query_string=query, headers=headers)
    assert answer.status_code == 200
    return {re.sub(r"\s*\n\s*", "", text) for text in RANK.findall(answer.text)}


def text(visible: str, spoken: str) -> set[str]:
    return {
        f'<span aria-hidden="true">{visible}</span><span class="visually-hidden">{spoken}</span>'
    }


def number(number: int, total: int) -> set[str]:
    return text(f"{number} of {total}", f"Photo {number} of {total}")


@pytest.fixture
def lake(visitor: Visitor) -> list[str]:
    """Add three photos of the lake. The newest comes first."""
    return [visitor.add(title="Dusk", tags="lake") for _ in range(3)][::-1]


@pytest.mark.parametrize("listing", LISTINGS)
def test_the_newest_photo_has_the_number_1(visitor: Visitor, lake: list[str], listing: str) -> None:
    """The oldest one has the number of all photos. The page says it here and in full screen."""
    for index, photo_id in enumerate(lake, 1):
        assert ranks(visitor, photo_id, listing) == number(index, 3)


def test_the_number_is_in_korean_too(visitor: Visitor, lake: list[str]) -> None:
    """The visible text is short, and screen readers say what it is."""
    found = ranks(visitor, lake[0], "tag:lake", **{"Accept-Language": "ko"})
    assert found == text("3장 중 1번째", "사진 3장 중 1번째")


@pytest.mark.parametrize("listing", LISTINGS)
def test_a_photo_that_is_alone_has_no_number(visitor: Visitor, listing: str) -> None:
    """There is no other photo to go to."""
    photo_id = visitor.add(title="Dusk", tags="lake")
    assert ranks(visitor, photo_id, listing) == set()


@pytest.mark.parametrize("listing", [None, "tag:sea", "search:sea", "tag:", "\0"])
def test_the_gallery_has_no_numbers(visitor: Visitor, lake: list[str], listing: str | None) -> None:
    """Nor has a photo that is not in the listing that the address names."""
    assert ranks(visitor, lake[1], listing) == set()


def test_hidden_photos_count_among_own_uploads_alone(
    app: Flask, visitor: Visitor, lake: list[str]
) -> None:
    """The page of a hidden photo that is opened from a tag is that of the gallery."""
    visitor.post(f"/photos/{lake[0]}/hide", visitor.fields("/upload"))
    visitor.submit(f"/photos/{lake[2]}/delete")
    newer = [visitor.add(title="Dusk", tags="lake") for _ in range(2)]
    for listing in LISTINGS[:-1]:
        for each in (visitor, Visitor(app)):
            assert ranks(each, lake[1], listing) == number(3, 3)
        assert ranks(visitor, lake[0], listing) == set()
    assert ranks(visitor, lake[0], "uploads") == number(3, 4)
    assert ranks(Visitor(app), newer[0], "uploads") == set()


@pytest.mark.parametrize("listing", LISTINGS)
def test_photos_of_long_listings_have_no_number(
    backend: Backend, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, listing: str
) -> None:
    """Counting them would cost the more reads, the longer the listing is."""
    set_max_ranked(monkeypatch, 5)
    first = visitor.add(title="Dusk", tags="lake")
    owner = backend.catalog.get(first).owner
    others = [make_photo(title="Dusk", tags=("lake",), owner=owner) for _ in range(5)]
    publish_all(backend, others[:4])
    assert ranks(visitor, first, listing) == number(5, 5)
    publish_all(backend, others[4:])
    for photo in (backend.catalog.get(first), *others):
        assert ranks(visitor, photo.photo_id, listing) == set()
