"""Typed access to the configuration and the services of the current app."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, current_app

from app.config import Config
from app.services.albums.album_links import AlbumLinks
from app.services.albums.album_listings import AlbumListings
from app.services.albums.album_service import AlbumService
from app.services.albums.guest_links import GuestLinks
from app.services.downloads.download_service import DownloadService
from app.services.factory import Services
from app.services.listings.archive_service import ArchiveService
from app.services.moves.review_service import ReviewService
from app.services.photo_rotation import PhotoRotation
from app.services.photo_service import PhotoService
from app.services.ports import Backend, ObjectStore
from app.services.reports.report_service import ReportService
from app.services.revisions.photo_licenses import PhotoLicenses
from app.services.session_revocations import SessionRevocations
from app.services.tag_service import TagService
from app.services.tokens.token_service import TokenService
from app.services.upload_service import UploadService

if TYPE_CHECKING:
    from app.web.middleware.rate_limits import RateLimits

_KEY = "shoebox"


@dataclass(frozen=True, slots=True)
class AppContext:
    """The objects of one app that views need."""

    config: Config
    services: Services
    rate_limits: "RateLimits"


def init_app(app: Flask, context: AppContext) -> None:
    """Store the context in the app."""
    app.extensions[_KEY] = context


def app_context() -> AppContext:
    """Return the context of the current app."""
    context: AppContext = current_app.extensions[_KEY]
    return context


def photo_service() -> PhotoService:
    """Return the service for published photos."""
    return app_context().services.photos


def album_service() -> AlbumService:
    """Return the service for albums."""
    return app_context().services.albums


def album_links() -> AlbumLinks:
    """Return the service for the ends of the links of albums."""
    return app_context().services.album_links


def guest_links() -> GuestLinks:
    """Return the service for guest links."""
    return app_context().services.guest_links


def album_listings() -> AlbumListings:
    """Return the listings of the photos of albums."""
    return app_context().services.album_listings


def tag_service() -> TagService:
    """Return the service for tags."""
    return app_context().services.tags


def archive_service() -> ArchiveService:
    """Return the service for the date archive."""
    return app_context().services.archive


def upload_service() -> UploadService:
    """Return the service that publishes uploads."""
    return app_context().services.uploads


def review_service() -> ReviewService:
    """Return the service that reviews photos."""
    return app_context().services.reviews


def download_service() -> DownloadService:
    """Return the service that reads photos for downloads."""
    return app_context().services.downloads


def report_service() -> ReportService:
    """Return the service for reports of photos."""
    return app_context().services.reports


def token_service() -> TokenService:
    """Return the service for access tokens."""
    return app_context().services.tokens


def photo_rotation() -> PhotoRotation:
    """Return the service that rotates photos."""
    return app_context().services.rotation


def photo_licenses() -> PhotoLicenses:
    """Return the service that changes the licenses of photos."""
    return app_context().services.licenses


def storage_backend() -> Backend:
    """Return the storage backend."""
    return app_context().services.backend


def object_store() -> ObjectStore:
    """Return the object store."""
    return app_context().services.backend.objects


def session_revocations() -> SessionRevocations:
    """Return the revoked sessions."""
    return app_context().services.backend.session_revocations
