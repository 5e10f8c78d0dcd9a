"""Build the services over one storage backend."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.albums.guests import new_guest_code
from app.domain.image.credit_choice import CreditChoice
from app.domain.photo_ids import new_album_id
from app.services.albums.album_links import AlbumLinks
from app.services.albums.album_listings import AlbumListings
from app.services.albums.album_photos import AlbumPhotos
from app.services.albums.album_places import AlbumPlaces
from app.services.albums.album_records import AlbumRecords
from app.services.albums.album_service import AlbumService
from app.services.albums.album_sidecars import AlbumSidecars
from app.services.albums.due_links import MOVES_AT_ONCE
from app.services.albums.guest_links import GuestLinks
from app.services.downloads.checksums import Checksums
from app.services.downloads.download_service import DownloadService
from app.services.image_processor import ImageProcessor
from app.services.listings.archive_service import ArchiveService
from app.services.moves.review_service import ReviewService
from app.services.moves.unlisted_photos import UnlistedPhotos
from app.services.photo_editor import PhotoEditor
from app.services.photo_moves import PhotoMoves
from app.services.photo_objects import MAX_PARALLEL_UPLOADS, PhotoObjects
from app.services.photo_rotation import PhotoRotation
from app.services.photo_service import PhotoService
from app.services.ports import Backend
from app.services.quotas import Quota, Quotas
from app.services.record_writer import RecordWriter
from app.services.reports.report_service import ReportService
from app.services.revisions.credit_files import CreditFiles
from app.services.revisions.credit_writer import CreditWriter, keep_file
from app.services.revisions.photo_licenses import PhotoLicenses
from app.services.tag_service import TagService
from app.services.tokens.token_service import TokenService
from app.services.upload_service import UploadService


@dataclass(frozen=True, slots=True)
class Services:
    """The services of one site and the backend that they share."""

    backend: Backend
    photos: PhotoService
    uploads: UploadService
    rotation: PhotoRotation
    licenses: PhotoLicenses
    tags: TagService
    albums: AlbumService
    album_links: AlbumLinks
    album_listings: AlbumListings
    archive: ArchiveService
    downloads: DownloadService
    guest_links: GuestLinks
    reviews: ReviewService
    reports: ReportService
    tokens: TokenService


def build_services(
    backend: Backend,
    process_image: ImageProcessor,
    *,
    max_file_bytes: int,
    contributor_quota: Quota = Quota(),  # noqa: B008  a frozen value
    site_quota: Quota = Quota(),  # noqa: B008  a frozen value
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    max_parallel_uploads: int = MAX_PARALLEL_UPLOADS,
    default_credit: CreditChoice = CreditChoice(),  # noqa: B008  a frozen value
    write_credit: CreditWriter = keep_file,
) -> Services:
    """Return the services over `backend`.

    Args:
        backend: The object store and the catalog.
        process_image: Verifies and cleans an uploaded file and makes its renditions.
        max_file_bytes: The size limit of one file.
        contributor_quota: The quota of one contributor; no limit by default.
        site_quota: The quota of the whole site; no limit by default.
        now: The clock of uploads, of leases, of the trash and of quotas.
        max_parallel_uploads: The most objects that are stored at the same time.
        default_credit: The credit and the license of photos without a credit of their own.
        write_credit: Writes a credit into a published file; by default files stay as they are.
    """
    photo_objects = PhotoObjects(backend.objects, max_parallel_uploads)
    quotas = Quotas(backend.catalog, contributor_quota, site_quota, now)
    uploads = UploadService(
        backend.catalog,
        photo_objects,
        process_image,
        quotas,
        max_file_bytes=max_file_bytes,
        now=now,
        default_credit=default_credit,
    )
    records = RecordWriter(backend.catalog, photo_objects)
    credit_files = CreditFiles(backend.catalog, photo_objects, write_credit, now)
    moves = PhotoMoves(backend, photo_objects, now)
    editor = PhotoEditor(records, AlbumPlaces(backend.albums), credit_files, moves)
    photos = PhotoService(backend, photo_objects, editor, now)
    licenses = PhotoLicenses(backend.catalog, credit_files, moves)
    rotation = PhotoRotation(backend, photo_objects, uploads.process, now)
    tags = TagService(backend.catalog, backend.tag_reader)
    unlisted_photos = UnlistedPhotos(backend, photo_objects, now)
    album_photos = AlbumPhotos(backend.catalog, unlisted_photos)
    sidecars = AlbumSidecars(backend.objects)
    album_records = AlbumRecords(backend.albums, sidecars, backend.session_revocations)
    albums = AlbumService(backend.albums, album_records, album_photos, new_album_id, now)
    guest_links = GuestLinks(backend.albums, album_records, backend.catalog, new_guest_code, now)
    at_once = min(MOVES_AT_ONCE, max_parallel_uploads)
    album_links = AlbumLinks(backend.albums, album_records, unlisted_photos, now, at_once)
    album_listings = AlbumListings(backend.ordered_listings)
    archive = ArchiveService(backend.catalog, backend.ordered_listings)
    checksums = Checksums(backend.objects, records)
    downloads = DownloadService(backend.catalog, backend.objects, checksums)
    reviews = ReviewService(backend, photo_objects, now)
    reports = ReportService(backend.reports, backend.catalog, now)
    return Services(
        backend=backend,
        photos=photos,
        uploads=uploads,
        rotation=rotation,
        licenses=licenses,
        tags=tags,
        albums=albums,
        album_links=album_links,
        album_listings=album_listings,
        archive=archive,
        downloads=downloads,
        reviews=reviews,
        reports=reports,
        guest_links=guest_links,
        tokens=TokenService(backend.tokens, now),
    )
