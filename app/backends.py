"""Build the storage backend, the services and the rate limits from the configuration."""

import threading
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click
from flask import has_request_context
from limits.strategies import MovingWindowRateLimiter

from app import periodic_tasks, start_checks
from app.config import Config, ConfigError
from app.domain.media.reads import MediaReads
from app.imaging.pipeline import ImageLimits
from app.imaging.workers.pool import ImageWorkerPool
from app.imaging.workers.slots import WorkerSlots
from app.operator_settings import MetricsAccess
from app.services import factory
from app.services.factory import Services
from app.services.ports import Backend, ObjectStore
from app.services.quotas import Quota
from app.storage.local.folder import LocalObjectStore
from app.storage.local.rate_limit_storage import SqliteRateLimitStorage
from app.storage.sqlite_backend import sqlite_backend
from app.web.context import app_context
from app.web.middleware import media_files, request_log
from app.web.middleware.rate_limits import RateLimits

if TYPE_CHECKING:
    from app.storage.aws.client_factory import Endpoints
    from app.storage.aws.cloudfront import CloudFrontInvalidation


def build_services(config: Config) -> Services:
    """Return the services on the configured storage backend.

    A server also completes interrupted moves of photos every five minutes, and lets photos follow
    the links of their albums every minute. On the local backend it empties the trash every day,
    because no lifecycle rule does.
    """
    image_workers = _build_image_workers(config)
    services = factory.build_services(
        build_backend(config),
        image_workers,
        max_file_bytes=config.max_upload_bytes,
        contributor_quota=Quota(
            config.max_photos_per_contributor, config.max_bytes_per_contributor
        ),
        site_quota=Quota(config.max_photos, config.max_bytes),
        default_credit=config.default_credit,
        write_credit=image_workers.write_credit,
    )
    if not _is_command():
        start_checks.check_keys(services.backend.objects)
        start_checks.check_catalog_exists(config, services.backend.objects)
        start_checks.check_bucket(config, services.backend)
        _start_periodic_tasks(config, services)
        _start_in_background(image_workers)
    return services


def _start_in_background(image_workers: ImageWorkerPool) -> None:
    threading.Thread(target=image_workers.start, name="image-workers", daemon=True).start()


def _start_periodic_tasks(config: Config, services: Services) -> None:
    photos = services.photos
    find_loss = partial(start_checks.log_lost_catalog, services.backend)
    periodic_tasks.start("lost-catalog", find_loss, periodic_tasks.DAY)
    periodic_tasks.start("finish-moves", photos.finish_moves, 5 * periodic_tasks.MINUTE)
    periodic_tasks.start("end-links", services.album_links.settle_due, periodic_tasks.MINUTE)
    if config.photo_table is None:
        periodic_tasks.start("purge", photos.purge, periodic_tasks.DAY)


def build_backend(config: Config) -> Backend:
    """Return the backend of the bucket and the table, of the bucket alone, or the local one."""
    if config.photo_bucket is None:
        return _build_local_backend(config)
    if config.photo_table is None:
        return _build_object_store_backend(config, config.photo_bucket)
    return _build_aws_backend(config)


def aws_region(config: Config) -> str:
    """Return the region of the settings or of the AWS profile. Raises ConfigError without one."""
    from app.storage.aws import client_factory  # noqa: PLC0415  needs boto3

    region = config.aws_region or client_factory.region_of_profile()
    if not region:
        raise ConfigError(
            {"AWS_REGION": "is required for a bucket, or a region in the AWS profile."}
        )
    return region


def aws_endpoints(config: Config) -> "Endpoints":
    """Return the endpoints of the settings. That of a service has precedence."""
    from app.storage.aws.client_factory import Endpoints  # noqa: PLC0415  needs boto3

    return Endpoints(
        s3=config.aws_endpoint_url_s3 or config.aws_endpoint_url,
        dynamodb=config.aws_endpoint_url_dynamodb or config.aws_endpoint_url,
        others=config.aws_endpoint_url,
    )


def build_rate_limits(config: Config, secret: str) -> RateLimits:
    """Return the rate limits, counted in a file that all processes of this machine share."""
    path = (config.runtime_dir or config.photo_dir) / "rates.sqlite3"
    storage = SqliteRateLimitStorage(path=str(path), secret=secret)
    return RateLimits(config, MovingWindowRateLimiter(storage), storage.together)


def _build_local_backend(config: Config) -> Backend:
    config.photo_dir.mkdir(parents=True, exist_ok=True)
    objects = LocalObjectStore(config.photo_dir / "objects", media_files.PREFIX)
    return _sqlite_backend(config, objects)


def _sqlite_backend(config: Config, objects: ObjectStore) -> Backend:
    """Return the backend with an SQLite file that no process creates if there are photos."""
    refuse_creation = partial(start_checks.check_catalog_exists, config, objects)
    return sqlite_backend(objects, config.catalog_file, refuse_creation)


def _build_aws_backend(config: Config) -> Backend:
    # boto3 takes 40 MB and a third of a second, which the local backend should not pay.
    from app.storage.aws import client_factory, s3  # noqa: PLC0415  see above
    from app.storage.dynamodb_backend import dynamodb_backend  # noqa: PLC0415  see above

    bucket = str(config.photo_bucket)
    table = str(config.photo_table)
    endpoints = aws_endpoints(config)
    if not _is_command():
        # The role of a new instance can arrive late. systemd starts the server again after a pause.
        client_factory.check_credentials()
    region = aws_region(config)
    clients = client_factory.create_clients(region, endpoints, for_command=_is_command())
    for client in (clients.s3, clients.dynamodb):
        request_log.count_calls(client.meta.events)
        _measure_calls(config, client.meta.events)
    pauses = client_factory.COMMAND_PAUSES if _is_command() else ()
    media_url = s3.public_base_url(clients.s3, bucket, endpoints.s3, config.media_base_url)
    objects = s3.S3Store(
        clients.s3,
        bucket,
        media_url,
        max_age=config.media_max_age,
        cdn=_build_cdn(config),
        encrypt=endpoints.s3 is None,
        retry_pauses=pauses,
    )
    return dynamodb_backend(objects, clients.dynamodb, table, pauses)


def _measure_calls(config: Config, events: request_log.BotoEvents) -> None:
    """Count the calls of a client for Prometheus, if metrics are on."""
    if config.operations.metrics is not MetricsAccess.OFF:
        from app.web.operations.metrics import site_metrics  # noqa: PLC0415  only if it is on

        metrics, _registry = site_metrics(config.operations.metrics_worker)
        metrics.count_calls(events)


def _build_object_store_backend(config: Config, bucket: str) -> Backend:
    """Return a backend with photos in a bucket, and the catalog in the local folder."""
    from app.storage.aws import client_factory, s3  # noqa: PLC0415  as above
    from app.storage.aws.other_stores.media import S3Media  # noqa: PLC0415  as above

    config.photo_dir.mkdir(parents=True, exist_ok=True)
    endpoint = aws_endpoints(config).s3
    if not _is_command():
        client_factory.check_credentials()
    client = client_factory.create_store_client(
        aws_region(config), endpoint, for_command=_is_command()
    )
    request_log.count_calls(client.meta.events)
    _measure_calls(config, client.meta.events)
    bucket_url = s3.public_base_url(client, bucket, endpoint, None)
    is_public = config.media_reads is MediaReads.PUBLIC
    objects = s3.S3Store(
        client,
        bucket,
        (config.media_base_url or bucket_url) if is_public else media_files.PREFIX,
        max_age=config.media_max_age,
        encrypt=endpoint is None,
        retry_pauses=client_factory.COMMAND_PAUSES if _is_command() else (),
    )
    backend = _sqlite_backend(config, objects)
    return replace(backend, media=S3Media(client, bucket, bucket_url))


def _build_cdn(config: Config) -> "CloudFrontInvalidation | None":
    """Return the CDN whose copies of deleted photos are removed; a server also tries again."""
    from app.storage.aws import client_factory, cloudfront  # noqa: PLC0415  as above

    if config.cloudfront_distribution_id is None:
        return None
    cdn = cloudfront.CloudFrontInvalidation(
        client_factory.create_cloudfront_client(aws_region(config)),
        config.cloudfront_distribution_id,
        urlsplit(config.media_base_url or "").path,
        config.media_max_age,
    )
    if not _is_command():
        periodic_tasks.start("invalidate", cdn.retry, 5 * periodic_tasks.MINUTE)
    return cdn


def _build_image_workers(config: Config) -> ImageWorkerPool:
    limits = ImageLimits(
        config.max_pixels, config.keep_location, config.keep_credit, config.read_captions
    )
    slots = None
    if not _is_command():  # a command has no folder that it shares with the server
        slots = WorkerSlots(config.runtime_dir or config.photo_dir, config.image_workers)
    return ImageWorkerPool(limits, config.image_workers, count_seconds=count_decoding, slots=slots)


def count_decoding(seconds: float) -> None:
    """Count the time towards the rate limit of the current request's address."""
    if has_request_context():
        app_context().rate_limits.count_decoding(seconds)


def _is_command() -> bool:
    """Return whether a `flask` command runs, rather than a server."""
    return click.get_current_context(silent=True) is not None
