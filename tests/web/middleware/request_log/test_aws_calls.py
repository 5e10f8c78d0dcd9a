"""A line has the number and the time of the calls to AWS, and names the one that failed.

Covers app.web.middleware.request_log.
"""

from dataclasses import replace
from unittest import mock

from botocore.exceptions import ReadTimeoutError

from app import create_app
from app.config import Config
from app.web.middleware import request_log
from tests.backends import BUCKET, REGION, TABLE, Backend
from tests.conftest import services_of
from tests.sample_images import jpeg
from tests.storage.aws_calls import answered, raising
from tests.visitor import Visitor
from tests.web.middleware.request_log.log_lines import MEMBERS, Log


def test_calls_to_aws_are_counted_and_timed(aws: Backend, config: Config, log: Log) -> None:
    """A gallery page is four calls of the clients that the app builds."""
    visitor = Visitor(
        create_app(replace(config, photo_bucket=BUCKET, photo_table=TABLE, aws_region=REGION))
    )
    visitor.get("/")
    assert log.last["aws_calls"] == 4
    assert 0 < log.last["aws_ms"] <= 4 * log.last["ms"]  # four at a time
    visitor.get("/healthz")
    assert (log.last["aws_calls"], log.last["aws_ms"]) == (0, 0)


def test_failed_call_is_counted(aws: Backend, config: Config, log: Log) -> None:
    """A call that AWS rejected takes time too. The page fails with the first of its four calls."""
    assert aws.clients
    aws.clients.dynamodb.delete_table(TableName=f"{TABLE}-listings")
    app = create_app(replace(config, photo_bucket=BUCKET, photo_table=TABLE, aws_region=REGION))
    Visitor(app).get("/")
    assert log.last["status"] == 503
    assert 1 <= log.last["aws_calls"] <= 4


def test_failed_page_names_the_call(aws: Backend, config: Config, log: Log) -> None:
    """A call that failed without failing the page is not named."""
    assert aws.clients
    aws.clients.dynamodb.delete_table(TableName=f"{TABLE}-listings")
    visitor = Visitor(
        create_app(replace(config, photo_bucket=BUCKET, photo_table=TABLE, aws_region=REGION))
    )
    visitor.get("/")
    assert log.last["aws_error"] == "Query ResourceNotFoundException"
    assert list(log.last) == [*MEMBERS, "aws_error", "aws_request"]
    visitor.get("/photos/01ARZ3NDEKTSV4RRFFQ69G5FAV")
    assert list(log.last) == MEMBERS


def test_call_without_a_response_is_named_by_its_exception(
    aws: Backend, config: Config, log: Log
) -> None:
    """AWS has no request id for it."""
    assert aws.clients
    for client in (aws.clients.s3, aws.clients.dynamodb):
        request_log.count_calls(client.meta.events)
    visitor = Visitor(create_app(config, services_of(aws, config)))
    timeout = raising(ReadTimeoutError(endpoint_url="https://aws.invalid"))
    with answered(aws.clients, "Query", timeout), mock.patch("time.sleep"):
        visitor.get("/")
    assert log.last["aws_error"] == "Query ReadTimeoutError"
    assert "aws_request" not in log.last


def test_calls_of_other_threads_count_towards_the_request(
    aws: Backend, config: Config, log: Log
) -> None:
    """Threads that store objects share the record of the upload.

    One of the calls reads the generation of the contributor's cookie.
    """
    assert aws.clients
    for client in (aws.clients.s3, aws.clients.dynamodb):
        request_log.count_calls(client.meta.events)
    Visitor(create_app(config, services_of(aws, config))).upload(jpeg(), tags="sea, hill").close()
    assert (log.last["method"], log.last["status"], log.last["aws_calls"]) == ("POST", 303, 15)
