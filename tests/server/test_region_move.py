"""Moving a site to another region as docs/aws.md says: export, provision, import."""

from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import boto3

from tests.sample_images import jpeg
from tests.server.client import contributor_cookie, get, photos_in, post, run_command
from tests.server.emulator import provisioned_emulator
from tests.server.site import RunningSite


def click(url: str, path: str, cookie: str) -> int:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.request("POST", path, headers={"Cookie": cookie, "X-Requested-With": "test"})
    status = connection.getresponse().status
    connection.close()
    return status


def test_site_moves_to_another_region(tmp_path: Path) -> None:
    """Photos keep their addresses, their contributors and their place in the trash."""
    with (
        provisioned_emulator() as here,
        RunningSite(tmp_path / "unused", **here) as old,
    ):
        there = here | {
            "AWS_REGION": "eu-central-1",
            "PHOTO_BUCKET": "shoebox-moved",
            "PHOTO_TABLE": "moved",
        }
        cookie = contributor_cookie(old.url)
        titles = ("Pier", "Dunes", "Lighthouse")
        photos = [
            photos_in(post(old.url, jpeg(640, 480), {"Cookie": cookie}, title=title))[0]
            for title in titles
        ]
        assert click(old.url, f"/photos/{photos[2]['photo_id']}/delete", cookie) == 303

        assert "3 photos, " in run_command("export", str(tmp_path / "copy"), **here)
        run_command("provision", **there)
        assert run_command("import", str(tmp_path / "copy"), **there).startswith("3 ")
        assert "No problems found." in run_command("check", "--deep", **there)
        s3 = boto3.client(
            "s3",
            endpoint_url=there["AWS_ENDPOINT_URL"],
            aws_access_key_id="any",
            aws_secret_access_key="any",
        )
        assert (
            s3.get_bucket_location(Bucket="shoebox-moved")["LocationConstraint"] == "eu-central-1"
        )

        with RunningSite(tmp_path / "unused", **there) as new:
            gallery = get(new.url)[1].decode()
            assert [title for title in titles if title in gallery] == ["Pier", "Dunes"]
            assert "shoebox-moved" in gallery
            assert here["PHOTO_BUCKET"] not in gallery
            assert click(new.url, f"/photos/{photos[2]['photo_id']}/restore", cookie) == 303
            assert click(new.url, f"/photos/{photos[0]['photo_id']}/delete", cookie) == 303
            gallery = get(new.url)[1].decode()
            assert [title for title in titles if title in gallery] == ["Dunes", "Lighthouse"]
