"""Metrics have names and labels of a fixed set, and only those who may read them get them.

Covers app.web.operations.metrics_page, app.web.operations.request_metrics.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from app import create_app
from app.config import Config
from app.domain.errors import StorageUnavailable
from app.domain.photo_summary import PhotoState
from app.operator_settings import MetricsAccess, OperatorSettings
from app.services.factory import Services
from app.services.upload_trace import UploadStage
from app.storage.aws import client_factory
from app.web.operations.metrics import BUCKETS, METHODS, site_metrics
from app.web.operations.request_metrics import FILE, UNMATCHED
from tests.abuse.hostile_requests.request import HostileRequest
from tests.abuse.hostile_requests.routes import requests_to
from tests.backends import BUCKET, REGION, TABLE, Backend, aws_backend
from tests.sample_images import jpeg
from tests.sample_photos import make_photo
from tests.visitor import Visitor

TOKEN = "sixteen characters or more"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def with_metrics(config: Config, access: MetricsAccess) -> Config:
    return replace(config, operations=OperatorSettings(metrics=access, metrics_token=TOKEN))


@pytest.fixture(autouse=True)
def _new_counters() -> Iterator[None]:
    site_metrics.cache_clear()
    yield
    site_metrics.cache_clear()


@pytest.fixture
def config(config: Config) -> Config:
    many = "1000000 per minute"
    measured = with_metrics(config, MetricsAccess.LOOPBACK)
    return replace(measured, upload_rate_limit=many, login_rate_limit=many)


def samples(visitor: Visitor) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return the value of each name with its labels."""
    answer = visitor.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(visitor: Visitor, name: str, **labels: str) -> float:
    return samples(visitor).get((name, frozenset(labels.items())), 0)


def test_requests_are_counted_by_route_and_class(visitor: Visitor) -> None:
    """All photos are one route, and all addresses that do not exist another one."""
    visitor.get(f"/photos/{visitor.add()}")
    visitor.get("/photos/01ARZ3NDEKTSV4RRFFQ69G5FAV")
    visitor.get("/nowhere")
    visitor.get("/elsewhere")
    photo = {"route": "/photos/<photo_id>", "method": "GET"}
    assert value(visitor, "shoebox_requests_total", **photo, status="2xx") == 1
    assert value(visitor, "shoebox_requests_total", **photo, status="4xx") == 1
    unmatched = {"route": UNMATCHED, "method": "GET", "status": "4xx"}
    assert value(visitor, "shoebox_requests_total", **unmatched) == 2
    assert value(visitor, "shoebox_request_seconds_count", route="/photos/<photo_id>") == 2


def test_uploads_are_counted_by_outcome(visitor: Visitor) -> None:
    visitor.upload(jpeg(90, 60)).close()
    visitor.upload(b"no picture").close()
    visitor.upload(jpeg(90, 60), title="x" * 500).close()
    for outcome in ("accepted", "decode", "text"):
        assert value(visitor, "shoebox_uploads_total", outcome=outcome) == 1


def test_the_queues_have_their_lengths(visitor: Visitor, services: Services) -> None:
    pending = make_photo(awaiting_review=True, state=PhotoState.PENDING)
    services.backend.catalog.publish(pending)
    assert value(visitor, "shoebox_queue_length", queue="pending") == 1
    assert value(visitor, "shoebox_queue_length", queue="moving") == 0


def test_a_storage_that_fails_hides_no_other_metric(
    visitor: Visitor, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise StorageUnavailable("the storage is gone")

    visitor.get("/")
    monkeypatch.setattr(type(services.backend.catalog), "page", fail)
    names = {name for name, _labels in samples(visitor)}
    assert "shoebox_requests_total" in names
    assert "shoebox_queue_length" not in names


def hostile(app: Flask, *, all_methods: bool) -> Iterator[HostileRequest]:
    """Yield requests of all methods to every route, and some of those with wrong values.

    Without `all_methods` each route gets some of the methods, and each method goes to some routes.
    """
    numbers = count()
    for number, request in enumerate(requests_to(app)):
        if request.wrong[0] == "method":
            if all_methods or next(numbers) % 4 == 0:
                yield request
        elif number % (1000 if all_methods else 5000) == 0:
            yield request


def test_labels_are_of_a_fixed_set_whatever_is_requested(
    app: Flask, visitor: Visitor, *, exhaustive: bool
) -> None:
    """No path, host, method or form adds a value."""
    for request in hostile(app, all_methods=exhaustive):
        visitor.client.open(buffered=True, **request.options())
    routes = {rule.rule for rule in app.url_map.iter_rules()} | {FILE, UNMATCHED}
    allowed = {
        "route": routes,
        "method": METHODS | {"other"},
        "status": {f"{number}xx" for number in range(1, 6)},
        "outcome": {"accepted", "refused", *UploadStage},
        "queue": {"moving", "pending", "reports"},
        "le": {*map(str, BUCKETS), "+Inf"},
    }
    found = samples(visitor)
    assert len(found) > 500
    names = {re.sub("_(total|created|bucket|count|sum)$", "", name) for name, _labels in found}
    counted = {"shoebox_requests", "shoebox_request_seconds", "shoebox_uploads"}
    assert names == counted | {"shoebox_queue_length"}
    for _name, labels in found:
        assert {label for label, text in labels if text not in allowed[label]} == set()


def test_calls_of_aws_and_their_retries_are_counted(config: Config) -> None:
    with aws_backend(client_factory.create_clients):
        aws = replace(config, photo_bucket=BUCKET, photo_table=TABLE, aws_region=REGION)
        visitor = Visitor(create_app(aws))
        visitor.get("/")
        calls = {"operation": "Query", "outcome": "success"}
        assert value(visitor, "shoebox_aws_calls_total", **calls) >= 4
        assert value(visitor, "shoebox_aws_retries_total", operation="Query") == 0


@pytest.mark.parametrize("access", MetricsAccess)
@pytest.mark.parametrize("is_local", [True, False])
@pytest.mark.parametrize("token", ["", "wrong", TOKEN])
def test_only_those_may_read_them_who_the_setting_names(
    config: Config, services: Services, access: MetricsAccess, is_local: bool, token: str
) -> None:
    """The page is a 404 if metrics are off. The right token is no password."""
    protected = replace(
        with_metrics(config, access), admin_password="let me rule", upload_password="let me add"
    )
    visitor = Visitor(create_app(protected, services))
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    address = {"REMOTE_ADDR": "127.0.0.1" if is_local else "203.0.113.9"}
    answer = visitor.get("/metrics", headers=headers, environ_overrides=address)
    expected = {
        MetricsAccess.OFF: 404,
        MetricsAccess.LOOPBACK: 200 if is_local else 403,
        MetricsAccess.TOKEN: 200 if token == TOKEN else 403,
    }
    assert answer.status_code == expected[access]
    assert ("shoebox_queue_length" in answer.text) is (answer.status_code == 200)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_no_request_for_metrics_locks_out_a_password(
    config: Config, services: Services, headers: dict[str, str]
) -> None:
    """Another site can make a browser send requests, and a scraper may be set up wrongly."""
    limited = replace(
        with_metrics(config, MetricsAccess.TOKEN),
        login_rate_limit="2 per hour",
        admin_password="let me rule",
    )
    visitor = Visitor(create_app(limited, services))
    for _ in range(5):
        assert visitor.get("/metrics", headers=headers).status_code in {403, 429}
    if not headers:
        assert visitor.get("/metrics", headers=BEARER).status_code == 200
    admin = {"Authorization": "Bearer let me rule"}
    assert visitor.get("/admin", headers=admin).status_code == 200


def test_wrong_tokens_are_limited(config: Config, services: Services) -> None:
    """As wrong passwords are."""
    limited = replace(with_metrics(config, MetricsAccess.TOKEN), login_rate_limit="2 per hour")
    visitor = Visitor(create_app(limited, services))
    statuses = [
        visitor.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code
        for token in ("one", "two", "three", TOKEN)
    ]
    assert statuses == [403, 403, 429, 429]


def test_metrics_say_nothing_about_visitors(visitor: Visitor, backend: Backend) -> None:
    visitor.add(title="Who-Wrote-This", tags="secret")
    visitor.get("/search?q=Who-Wrote-This")
    visitor.get("/tags/secret")
    text = visitor.get("/metrics").text
    assert "Who-Wrote-This" not in text
    assert "secret" not in text
