"""A process sends few ZIP files at a time, and the operator may switch them off."""

import gc
from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.services.factory import Services
from app.web.downloads.zip_files import MAX_DOWNLOADS, MAX_DOWNLOADS_PER_ADDRESS
from tests.visitor import JSON, Visitor
from tests.web.downloads.zip_contents import LAKE


def test_a_process_sends_few_at_a_time(visitor: Visitor, app: Flask) -> None:
    """Others get 503 with Retry-After, and the next one works when one has ended."""
    visitor.add(tags="lake")
    addresses = [{"REMOTE_ADDR": f"10.0.0.{n}"} for n in range(MAX_DOWNLOADS + 1)]
    same = [visitor.client.get(LAKE) for _ in range(MAX_DOWNLOADS_PER_ADDRESS)]
    assert visitor.get(LAKE).status_code == 503
    running = [
        visitor.client.get(LAKE, environ_overrides=addresses[n])
        for n in range(MAX_DOWNLOADS - MAX_DOWNLOADS_PER_ADDRESS)
    ]
    refused = visitor.get(LAKE, headers=JSON, environ_overrides=addresses[-1])
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    page = visitor.get(LAKE, environ_overrides=addresses[-1])
    assert "Too many downloads" in page.text
    for answer in same:
        answer.close()
    assert visitor.get(LAKE).status_code == 200
    for answer in running:
        answer.close()


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=9999999-"}, {"If-None-Match": "*"}])
def test_no_request_keeps_a_place(visitor: Visitor, headers: dict[str, str]) -> None:
    """Neither an error, nor an answer without a body, nor one that is not read."""
    visitor.add(tags="lake")
    for _ in range(MAX_DOWNLOADS + 1):
        visitor.get(LAKE, headers=headers)
        visitor.client.head(LAKE, headers=headers).close()
        visitor.client.get("/download.zip?in=tag:none").close()
        visitor.client.get(LAKE).close()
    assert visitor.get(LAKE).status_code == 200


def test_downloads_have_a_rate_limit(visitor: Visitor) -> None:
    statuses = {visitor.get("/download.zip?in=tag:none").status_code for _ in range(61)}
    assert statuses == {404, 429}


def test_the_operator_may_switch_it_off(config: Config, services: Services) -> None:
    """The addresses and the links are gone."""
    visitor = Visitor(create_app(replace(config, zip_downloads=False), services))
    visitor.add(tags="lake")
    assert visitor.get(LAKE).status_code == 404
    for path in ("/tags/lake", "/uploads"):
        assert "download.zip" not in visitor.get(path).text


def test_crawlers_are_asked_to_stay_away(visitor: Visitor) -> None:
    assert "Disallow: /download.zip\n" in visitor.get("/robots.txt").text


def test_a_response_that_is_never_sent_frees_its_place(visitor: Visitor) -> None:
    """A server drops a response whose headers it refuses."""
    visitor.add(tags="lake")
    for _ in range(2 * MAX_DOWNLOADS):
        with visitor.app.test_request_context(LAKE):
            response = visitor.app.full_dispatch_request()
            assert response.status_code == 200
            del response
        gc.collect()
