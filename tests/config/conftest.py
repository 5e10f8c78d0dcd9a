"""An environment without settings."""

import pytest

from tests.config.sample_settings import AWS


@pytest.fixture(autouse=True)
def _only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        *AWS,
        "PORT",
        "MAX_UPLOAD_MB",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_S3",
        "AWS_ENDPOINT_URL_DYNAMODB",
        "HOST",
        "CLOUDFRONT_DISTRIBUTION_ID",
        "PUBLIC_BUCKET",
        "MEDIA_BASE_URL",
        "MEDIA_READS",
        "PHOTO_DIR",
        "UPLOAD_PASSWORD",
        "ADMIN_PASSWORD",
        "WEB_CONCURRENCY",
        "TIMEZONE",
        "KEEP_CREDIT",
        "GALLERY_ORDER",
        "SITE_FOOTER",
        "SITE_ABOUT",
        "SITE_CREDIT",
        "SITE_LICENSE",
    ):
        monkeypatch.delenv(name, raising=False)
