"""The line of an upload names its photos and the stage that failed.

Covers app.services.upload_trace.
"""

from unittest import mock

import pytest

from app import create_app
from app.config import Config
from app.web.middleware import request_log
from tests.backends import Backend
from tests.conftest import services_of
from tests.sample_images import jpeg
from tests.storage.aws_calls import REQUEST_ID, answered, dynamodb_error, s3_error
from tests.visitor import Visitor
from tests.web.middleware.request_log.log_lines import MEMBERS, Log


def test_rejected_upload_names_the_stage_that_failed(log: Log, visitor: Visitor) -> None:
    """A file that is not an image fails in `decode`, a title that is too long earlier."""
    for typed, stage in (({}, "decode"), ({"title": "x" * 300}, "text")):
        visitor.upload(b"no picture", **typed).close()
        assert list(log.last) == [*MEMBERS, "stage"]
        assert (log.last["status"], log.last["stage"]) == (422, stage)


@pytest.mark.parametrize(
    ("operation", "code", "stage"),
    [
        ("PutObject", "SlowDown", "objects"),
        ("Query", "ThrottlingException", "catalog"),
        ("TransactWriteItems", "InternalServerError", "catalog"),
    ],
)
def test_failed_upload_names_photo_stage_and_call(
    aws: Backend, config: Config, log: Log, operation: str, code: str, stage: str
) -> None:
    """The line has the facts AWS support asks for: operation, error and request id."""
    assert aws.clients
    for client in (aws.clients.s3, aws.clients.dynamodb):
        request_log.count_calls(client.meta.events)
    visitor = Visitor(create_app(config, services_of(aws, config)))
    failing = s3_error(code, 503) if operation == "PutObject" else dynamodb_error(code, 500)
    with answered(aws.clients, operation, failing), mock.patch("time.sleep"):
        visitor.upload(jpeg(160, 120), title="Who-Wrote-This").close()
    assert log.last["status"] == 503
    assert (log.last["stage"], log.last["aws_error"]) == (stage, f"{operation} {code}")
    assert log.last["aws_request"] == REQUEST_ID
    assert len(log.last.get("photos", [])) == (operation != "Query")
    assert "Who-Wrote-This" not in log.lines[-1]


def test_upload_names_its_photos(log: Log, visitor: Visitor) -> None:
    """A published upload has no failed stage."""
    answer = visitor.upload(jpeg(160, 120))
    answer.close()
    assert list(log.last) == [*MEMBERS, "photos"]
    assert log.last["photos"] == [answer.location.rpartition("/")[2]]
    visitor.upload(*[jpeg(40 + n, 30) for n in range(25)]).close()
    assert len(log.last["photos"]) == 20
