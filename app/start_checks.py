"""Refuse to start a server with old keys, without its catalog, or with exposed photos."""

import logging
from functools import partial

from app import periodic_tasks
from app.config import Config, ConfigError
from app.domain.errors import StorageError
from app.domain.media.reads import MediaReads
from app.maintenance.operations.old_keys import OldKeys, require_current_keys
from app.services.deadline import timeout
from app.services.operations.lost_catalog import has_sidecars, is_catalog_lost
from app.services.ports import Backend, ObjectStore
from app.storage.aws.other_stores.anonymous_reads import AnonymousReads
from app.storage.local.sqlite_database import CatalogMissing, has_content

log = logging.getLogger(__name__)

_MAX_SECONDS = 20.0


def check_keys(objects: ObjectStore) -> None:
    """Raise OldKeys if the photos are stored under the keys of an earlier version.

    If the store does not answer, the site starts, and a background task repeats the check every
    five minutes until it succeeds. The log has its errors.
    """
    try:
        with timeout(_MAX_SECONDS):
            require_current_keys(objects)
    except OldKeys:
        raise
    except StorageError:
        log.exception("it is not known whether photos have the keys of an earlier version")
        periodic_tasks.start("current-keys", partial(require_current_keys, objects))


def check_catalog_exists(config: Config, objects: ObjectStore) -> None:
    """Raise CatalogMissing if there are photos but no SQLite file: the site would look empty."""
    if config.photo_table or has_content(config.catalog_file):
        return
    with timeout(_MAX_SECONDS):
        has_photos = has_sidecars(objects)
    if has_photos:
        raise CatalogMissing(config.catalog_file)


def log_lost_catalog(backend: Backend) -> None:
    """Log an error if no photo has a record, although there are photos."""
    if is_catalog_lost(backend):
        log.error(
            "no photo has a record in the catalog, although there are photos: run rebuild --apply"
        )


def check_bucket(config: Config, backend: Backend) -> None:
    """Raise ConfigError if everyone can read hidden photos or list photos. Check again every day.

    The site starts if the check is not possible. It is then repeated every five minutes.
    """
    if backend.media is None:
        return
    reads = _reads(config, backend.objects, backend.media.origin_url)
    try:
        with timeout(_MAX_SECONDS):
            reads.check()
    except PermissionError as error:
        raise ConfigError({"PHOTO_BUCKET": str(error)}) from error
    except StorageError:
        log.exception("it is not known whether hidden photos are private")
    periodic_tasks.start("private-photos", reads.check, periodic_tasks.DAY)


def _reads(config: Config, objects: ObjectStore, bucket_url: str) -> AnonymousReads:
    public_url = config.media_base_url or bucket_url
    return AnonymousReads(
        objects,
        {bucket_url, public_url},
        public_url if config.media_reads is MediaReads.PUBLIC else None,
    )
