"""Parallel requests to two running sites that share one storage backend."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import requests

from tests.lanes.sampling import is_exhaustive
from tests.provisioning.ministack import MinistackMissing, run_ministack
from tests.sample_images import jpeg
from tests.server.client import (
    contributor_cookie,
    get,
    photos_in,
    post,
    post_until_served,
    run_command,
)
from tests.server.site import GUNICORN, RunningSite

VERBS = ("edit", "delete", "restore", "hide", "unhide", "upload")
UNLIMITED = {"UPLOAD_RATE_LIMIT": "100000 per minute"}


@pytest.fixture(scope="module", params=["local", "aws"])
def settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """Settings with which sites share one backend. A site has two workers, or one in a sample."""
    folder = tmp_path_factory.mktemp("sites")
    workers = "2" if is_exhaustive(request.config) else "1"
    settings = UNLIMITED | {"WEB_CONCURRENCY": workers, "PHOTO_DIR": str(folder)}
    with ExitStack() as stack:
        if request.param == "local":
            yield settings
            return
        try:
            aws = stack.enter_context(run_ministack(folder))
        except MinistackMissing as missing:
            pytest.skip(f"two instances on AWS were not tested: {missing}")
        on_aws = {
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "eu-west-1",
            "PHOTO_BUCKET": "shoebox-at-once",
            "PHOTO_TABLE": "photos",
            "SECRET_KEY": "a secret for tests alone",
        }
        run_command("provision", **settings, **on_aws)
        yield settings | on_aws


@pytest.fixture(scope="module")
def sites(settings: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The URLs of two sites on one backend, for tests that each add photos of their own."""
    folder = Path(settings["PHOTO_DIR"])
    with (
        RunningSite(folder, GUNICORN, **settings) as one,
        RunningSite(folder, GUNICORN, **settings) as other,
    ):
        yield one.url, other.url


def click(site: str, path: str, cookie: str, **fields: str) -> requests.Response:
    """Post a form with the contributor cookie `cookie`."""
    headers = {
        "Cookie": cookie,
        "X-Requested-With": "test",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return requests.post(
        site + path, urlencode(fields), headers=headers, timeout=60, allow_redirects=False
    )


def at_once(*calls: Callable[[], requests.Response]) -> list[requests.Response]:
    with ThreadPoolExecutor(len(calls)) as visitors:
        return [answer.result() for answer in [visitors.submit(call) for call in calls]]


def test_parallel_uploads_make_one_photo_each(
    sites: tuple[str, str],
    settings: dict[str, str],
    record_property: Callable[[str, object], None],
    *,
    exhaustive: bool,
) -> None:
    """Each makes exactly one photo, with retries after a 503, and the check finds no problem."""
    uploads = 64 if exhaustive else 8

    def send(number: int) -> str:
        body = jpeg(320, 240)
        form = f"form number {number}"
        cookie = contributor_cookie(sites[number % 2])
        site = sites[number % 2]
        response = post_until_served(site, body, {"Cookie": cookie}, upload_id=form, title=form)
        return str(photos_in(response)[0]["photo_id"])

    with ThreadPoolExecutor(uploads) as visitors:
        ids = set(visitors.map(send, range(uploads)))
    assert len(ids) == uploads
    for site in sites:
        shown = get(site)[1].decode() + get(f"{site}/?before={sorted(ids)[-30:][0]}")[1].decode()
        assert all(photo_id in shown for photo_id in sorted(ids)[-60:])
    assert "No problems found." in run_command("check", **settings)
    record_property("concurrent uploads", str(uploads))


def test_of_two_parallel_edits_one_conflicts(sites: tuple[str, str]) -> None:
    """Of two edits of the same version one is saved; the other gets a 409 with both titles."""
    cookie = contributor_cookie(sites[0])
    (photo,) = photos_in(
        post_until_served(sites[0], jpeg(320, 240), {"Cookie": cookie}, title="The first title")
    )
    path = f"/photos/{photo['photo_id']}/edit"
    for version in range(1, 6):
        titles = [f"One's title {version}", f"The other's title {version}"]

        def save(
            number: int, titles: list[str] = titles, version: int = version
        ) -> requests.Response:
            return click(sites[number], path, cookie, title=titles[number], version=str(version))

        answers = at_once(lambda: save(0), lambda: save(1))
        assert sorted(answer.status_code for answer in answers) == [303, 409]
        loser = next(number for number, answer in enumerate(answers) if answer.status_code == 409)
        page = answers[loser].text.replace("&#39;", "'")
        assert all(title in page for title in titles)
        assert titles[1 - loser] in get(sites[0] + urlsplit(photo["url"]).path)[1].decode().replace(
            "&#39;", "'"
        )


def test_parallel_changes_of_one_photo_leave_it_consistent(
    sites: tuple[str, str], settings: dict[str, str], *, exhaustive: bool
) -> None:
    """Edits, deletes, restores, hides, unhides and repeated uploads leave one whole photo."""
    cookie = contributor_cookie(sites[0])
    body = jpeg(320, 240)
    first = post_until_served(sites[0], body, {"Cookie": cookie}, upload_id="one form")
    (photo,) = photos_in(first)
    verbs = [
        VERBS[(number * number + number // 3) % 6] for number in range(60 if exhaustive else 24)
    ]

    def act(number: int) -> int:
        site, verb = sites[number % 2], verbs[number]
        if verb == "upload":
            return post(site, body, {"Cookie": cookie}, upload_id="one form")[0]
        fields = {"title": f"Title {number}", "version": str(number % 20)} if verb == "edit" else {}
        return click(site, f"/photos/{photo['photo_id']}/{verb}", cookie, **fields).status_code

    with ThreadPoolExecutor(8) as visitors:
        statuses = Counter(visitors.map(act, range(len(verbs))))
    assert set(statuses) <= {201, 303, 404, 409, 503}, statuses
    assert "No problems found." in run_command("check", **settings)
