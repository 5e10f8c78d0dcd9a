"""Give templates the settings of the site."""

from flask import Flask

from app.config import Config
from app.services.downloads.download_service import MAX_PHOTOS
from app.web.listings import archive_listings
from app.web.rendering.upload_limits import UploadLimits


def init_app(app: Flask, config: Config) -> None:
    """Add the settings to the template globals."""
    app.jinja_env.globals.update(
        site_title=config.site_title,
        site_about=config.site_about,
        footer_links=config.site_footer,
        period_url=archive_listings.period_url,
        zip_downloads=config.zip_downloads,
        max_zip_photos=MAX_PHOTOS,
        limits=UploadLimits.of(config),
    )
