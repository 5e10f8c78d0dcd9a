"""The calls to AWS of the admin's pages are part of the design."""

from dataclasses import replace

from app import create_app
from app.config import Config
from app.domain.photo_summary import Role
from tests.backends import Backend
from tests.conftest import services_of
from tests.storage.aws_calls import recorded
from tests.visitor import Visitor
from tests.web.storage_calls.page_calls import calls_of

OPEN_REPORTS = 1  # Queries for their number
LAST_RESULTS = 1  # of check, audit and advisories, on the first page


def test_the_page_of_tokens_costs_two_queries(backend: Backend, config: Config) -> None:
    """However many there are: one for the number of reports, and one read of the login."""
    services = services_of(backend, config)
    admin = Visitor(create_app(replace(config, admin_password="change it all"), services))
    admin.submit("/login", password="change it all")
    for number in range(3):
        services.tokens.create(f"Wall {number}", Role.CONTRIBUTOR, None, None)
    assert calls_of(backend, admin, "/admin/tokens") == {"GetItem": 1, "Query": 1 + OPEN_REPORTS}


def test_admin_page_costs_one_query_and_the_counters(backend: Backend, config: Config) -> None:
    """The gallery is four Queries, the counters are one call and two times four Queries."""
    admin = Visitor(
        create_app(replace(config, admin_password="change it all"), services_of(backend, config))
    )
    admin.submit("/login", password="change it all")
    admin.submit(f"/photos/{admin.add()}/delete")
    admin.add()
    assert calls_of(backend, admin, "/admin") == {
        "GetItem": 1,
        "BatchGetItem": 1,
        "Query": 4 + 4 + 4 + OPEN_REPORTS + LAST_RESULTS,
    }
    for path in ("/admin/hidden", "/admin/deleted"):
        assert calls_of(backend, admin, path) == {"GetItem": 1, "Query": 1 + OPEN_REPORTS}


def test_open_reports_cost_one_query_and_their_photos(backend: Backend, config: Config) -> None:
    """The number of reports is another Query. A report is one Query and one transaction."""
    services = services_of(backend, config)
    admin = Visitor(create_app(replace(config, admin_password="change it all"), services))
    admin.submit("/login", password="change it all")
    form = f"/photos/{admin.add()}/report"
    assert calls_of(backend, Visitor(admin.app), form) == {"GetItem": 1}
    fields = admin.fields(form) | {"reason": "other"}
    assert backend.clients
    with recorded(backend.clients) as calls:
        assert admin.post(form, fields).status_code == 303
    # One of the reads is for the log: it checks the login of an admin who does what everyone may.
    assert calls.counts == {"GetItem": 2, "Query": 1, "TransactWriteItems": 1}
    assert calls_of(backend, admin, "/admin/reports") == {
        "GetItem": 1,
        "BatchGetItem": 1,
        "Query": 1 + OPEN_REPORTS,
    }
