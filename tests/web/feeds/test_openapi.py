"""docs/openapi.json describes the JSON of the site: every route, every field."""

import re
from hashlib import sha256

import pytest
from flask import Flask
from jsonschema import ValidationError
from openapi_spec_validator import validate

from app.domain.albums.album_text import AlbumText
from app.services.factory import Services
from app.web.caching import HOUR
from app.web.forms import UploadForm
from tests.abuse.hostile_requests.values import PATH_ARGUMENTS
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor
from tests.web.rendering.api.openapi import document, documented, resolved

METHODS = {"get", "post"}
HEALTH_CHECKS = {"/healthz", "/readyz"}  # for the operator: see docs/operations.md


def routes(app: Flask, method: str) -> dict[str, str]:
    """Return the endpoints of a method by their paths in the notation of OpenAPI."""
    return {
        re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule): rule.endpoint
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ())
    }


def documented_paths(method: str) -> set[str]:
    return {path for path, operations in document()["paths"].items() if method in operations}


def test_the_document_is_valid_and_served(visitor: Visitor) -> None:
    """The site serves it with its own address, and a cache may keep it."""
    validate(document())
    answer = visitor.get("/openapi.json")
    assert answer.json == document() | {"servers": [{"url": "http://localhost"}]}
    assert answer.cache_control.max_age == HOUR
    validate(answer.json)


def test_every_route_that_answers_in_json_is_documented(
    visitor: Visitor, services: Services
) -> None:
    """The document has all of them and no other."""
    photo_id = visitor.add(tags="sea")
    album_id = services.albums.create("0" * 32, AlbumText("Lake", "")).album_id
    services.albums.add(album_id, photo_id)
    values = PATH_ARGUMENTS | {"photo_id": photo_id, "album_id": album_id}
    query = {"url": f"http://localhost/photos/{photo_id}"}
    found = set()
    for template in set(routes(visitor.app, "GET")) - HEALTH_CHECKS:
        path = re.sub(r"{(\w+)}", lambda match: values[match[1]], template)
        answer = visitor.get(path, headers=JSON, query_string=query)
        if answer.mimetype == "application/json":
            documented(answer, template)
            found.add(template)
    assert found == documented_paths("get")


def test_every_documented_route_exists(app: Flask) -> None:
    """Its parameters are those of the route."""
    for path, operations in document()["paths"].items():
        assert set(operations) <= METHODS
        for method, operation in operations.items():
            assert path in routes(app, method.upper())
            parameters = [resolved(each) for each in operation.get("parameters", [])]
            in_path = {each["name"] for each in parameters if each["in"] == "path"}
            assert in_path == set(re.findall(r"{(\w+)}", path))


def test_no_object_has_undocumented_fields() -> None:
    """A new field fails the tests until the document has it; a form's fields are those of HTML."""
    schemas = document()["components"]["schemas"]
    open_schemas = [
        name
        for name, schema in schemas.items()
        if schema.get("type") == "object" and "additionalProperties" not in schema
    ]
    assert open_schemas == ["UploadForm"]
    assert documented_paths("post") == {"/upload", "/upload/duplicates"}


def test_the_fields_of_an_upload_are_documented(app: Flask) -> None:
    """The document has those of the form, except the token of a browser."""
    with app.test_request_context("/upload"):
        fields = {field.name for field in UploadForm(formdata=None)}
    properties = document()["components"]["schemas"]["UploadForm"]["properties"]
    assert fields - set(properties) == {"csrf_token"}
    assert set(properties) <= fields


def test_an_undocumented_field_is_found(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison works, or the tests of answers could not fail."""
    visitor.add()
    monkeypatch.setattr(
        "app.web.pages.gallery.listing_as_json", lambda _page, _count: {"photos": [], "new": 1}
    )
    with pytest.raises(ValidationError):
        documented(visitor.get("/", headers=JSON), "/")


def test_answers_to_uploads_are_documented(visitor: Visitor) -> None:
    """An upload with an error, one without a new photo, a refused one, and the lookup of files."""
    body = jpeg(700, 500)
    first = documented(visitor.upload_json(body, b"no picture", tags="sea"), "/upload", "post")
    assert len(first["photos"]) == len(first["errors"]) == 1
    again = visitor.upload_json(body, add_duplicates="")
    assert again.status_code == 200
    assert len(documented(again, "/upload", "post")["skipped"]) == 1
    twice = documented(visitor.upload_json(body), "/upload", "post")
    assert twice["photos"][0]["duplicate_of"] == first["photos"][0]["photo_id"]
    refused = visitor.upload_json(b"no picture")
    assert len(documented(refused, "/upload", "post")["errors"]) == 1
    path = "/upload/duplicates"
    hashes = {"sha256": [sha256(body).hexdigest()]}
    answer = visitor.client.post(path, json=hashes, headers=JSON)
    assert len(documented(answer, path, "post")["duplicates"]) == 1
    invalid = visitor.client.post(path, json={"sha256": 1}, headers=JSON)
    assert documented(invalid, path, "post")["status"] == 422
    forged = visitor.client.post(path, json=hashes, headers={"Accept": "application/json"})
    assert documented(forged, path, "post")["status"] == 400


def test_an_uploaded_photo_has_the_fields_of_its_page(visitor: Visitor) -> None:
    """One concept has one name, whichever route describes it."""
    uploaded = visitor.upload_json(jpeg(700, 500), title="Pier").json["photos"][0]
    shown = visitor.get(uploaded["path"], headers=JSON).json["photo"]
    assert {name: uploaded[name] for name in shown} == shown


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("?url=http://elsewhere.test/photos/x", 404)],
)
def test_errors_of_oembed_are_documented(visitor: Visitor, query: str, status: int) -> None:
    """Programs get problem details there too."""
    answer = visitor.get(f"/oembed{query}", headers=JSON)
    assert documented(answer, "/oembed")["status"] == status
