"""Shoebox: photo sharing on your own AWS account.

This is the roof: it alone knows every floor, and builds the app from its parts.
"""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli
from app.config import Config
from app.imaging import pipeline
from app.imaging.worker_pool import ImageWorkerPool
from app.services.photo_service import PhotoService
from app.services.ports import Catalog, ObjectStore
from app.services.quotas import Quota, Quotas
from app.storage.local import rate_limit_storage
from app.storage.local.folder import LocalObjectStore
from app.storage.local.secret_key import load_or_create_secret
from app.storage.local.sqlite import SqliteCatalog
from app.web import context, errors
from app.web.auth import access, contributor_cookie, csrf, sessions
from app.web.feeds import atom, oembed, sitemap
from app.web.middleware import (
    compression,
    form_parser,
    rate_limits,
    request_deadline,
    request_log,
    security_headers,
    slow_uploads,
    trusted_hosts,
)
from app.web.pages import (
    admin,
    gallery,
    health,
    local_media,
    login,
    my_uploads,
    photos,
    search,
    tag_suggestions,
    tags,
    upload,
)
from app.web.rendering import (
    embed_codes,
    formatting,
    i18n,
    image_sizes,
    link_previews,
    photo_urls,
    script_texts,
    static_files,
    upload_limits,
)

_ROOT = Path(__file__).parent.parent
_EXTENSIONS = (
    form_parser,
    slow_uploads,
    compression,
    access,
    contributor_cookie,
    sessions,
    csrf,
    errors,
    photo_urls,
    image_sizes,
    script_texts,
    embed_codes,
    request_deadline,
    formatting,
)
_DAY = 24 * 60 * 60  # seconds


def create_app(config: Config | None = None, service: PhotoService | None = None) -> Flask:
    """The WSGI app. Without `config` the environment is read (raises ConfigError); `library` replaces the home's."""
    config = config or Config.from_env()
    service = service or build_photo_service(config)
    app = Flask(__name__, template_folder=str(_ROOT / "templates"), static_folder=None)
    app.secret_key = config.secret_key or load_or_create_secret(config.photo_dir / "secret_key")
    app.config["MAX_CONTENT_LENGTH"] = config.max_request_bytes
    app.url_map.merge_slashes = False  # or /tags//sea would lead to whatever host the request names
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    write = request_log.to_stdout if config.request_log else None
    proxied = _trust_proxies(app, config.proxy_hops)
    app.wsgi_app = request_log.RequestLog(proxied, write)  # type: ignore[method-assign]  # Flask's documented way
    visits = _rate_limits(config, str(app.secret_key))
    context.init_app(app, context.AppContext(config, service, visits, _quotas(config, service)))
    _furnish(app, config, service)
    visits.init_app(app)
    for command in cli.COMMANDS:
        app.cli.add_command(command)
    return app


def build_photo_service(config: Config) -> PhotoService:
    """The use cases over the home that `config` names."""
    bounds = pipeline.ImageLimits(
        config.max_upload_bytes, config.max_pixels, keep_location=config.keep_location
    )
    prepare, admit = (
        partial(pipeline.process_image, limits=bounds),
        partial(pipeline.check_file_size, limits=bounds),
    )
    decoders = ImageWorkerPool(prepare, config.image_workers, admit=admit)
    if config.photo_bucket is None:
        service = PhotoService(*_local_backend(config), decoders)
        if (
            click.get_current_context(silent=True) is None
        ):  # what serves does this, no single command
            config.check_catalog_exists()
            _run_periodically(service.purge, _DAY)
        return service
    return PhotoService(*_aws_backend(config), decoders)


def _local_backend(config: Config) -> tuple[LocalObjectStore, SqliteCatalog]:
    config.photo_dir.mkdir(parents=True, exist_ok=True)
    return LocalObjectStore(config.photo_dir / "objects", local_media.PREFIX), SqliteCatalog(
        config.catalog_file
    )


def _aws_backend(config: Config) -> tuple[ObjectStore, Catalog]:
    # Imported only here: boto3 costs the embedded home 40 MB and a third of a second that it has no use for.
    from app.storage.aws import client_factory, dynamodb, s3  # noqa: PLC0415

    bucket, table, region = (
        str(config.photo_bucket),
        str(config.photo_table),
        str(config.aws_region),
    )
    clients = client_factory.clients(region, config.aws_endpoint_url)
    for client in (clients.s3, clients.dynamodb):
        request_log.count_calls(client.meta.events)
    media_url = s3.public_base_url(bucket, region, config.aws_endpoint_url, config.media_base_url)
    return s3.S3Store(clients.s3, bucket, media_url), dynamodb.DynamoCatalog(
        clients.dynamodb, table
    )


def _rate_limits(config: Config, secret: str) -> rate_limits.RateLimits:
    path = (config.runtime_dir or config.photo_dir) / "rates.sqlite3"
    return rate_limits.RateLimits(
        config, f"{rate_limit_storage.SCHEME}://", path=str(path), secret=secret
    )


def _quotas(config: Config, service: PhotoService) -> Quotas:
    of_contributor = Quota(
        config.max_photos_per_contributor, _to_bytes(config.max_mb_per_contributor, 2**20)
    )
    return Quotas(
        service, of_contributor, Quota(config.max_photos, _to_bytes(config.max_gb, 2**30))
    )


def _to_bytes(number: int | None, unit: int) -> int | None:
    return None if number is None else number * unit


def _run_periodically(task: Callable[[], object], seconds: float) -> None:
    """Run `task` now and every so many seconds for as long as the process lives."""

    def run() -> None:
        while True:
            try:
                task()
            except Exception:
                logging.getLogger(__name__).exception("emptying the trash has to wait")
            time.sleep(seconds)

    threading.Thread(target=run, name="caretaker", daemon=True).start()


def _trust_proxies(app: Flask, hops: int) -> ProxyFix:
    """Take the visitor's address and scheme from exactly the proxies there are, and from no visitor."""
    return ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)


def _furnish(app: Flask, config: Config, service: PhotoService) -> None:
    for room in _EXTENSIONS:
        room.init_app(app)
    trusted_hosts.init_app(app, config.trusted_hosts)
    security_headers.init_app(app, service.objects.url(""))
    static_files.init_app(app, _ROOT / "static")
    i18n.init_app(app, _ROOT / "translations")
    app.jinja_env.globals.update(
        site_title=config.site_title, limits=upload_limits.UploadLimits.of(config)
    )
    for room in (
        gallery,
        photos,
        upload,
        my_uploads,
        admin,
        tags,
        search,
        login,
        health,
        link_previews,
        atom,
        sitemap,
        oembed,
    ):
        app.register_blueprint(room.blueprint)
    app.register_blueprint(tag_suggestions.blueprint())
    if config.photo_bucket is None:
        app.register_blueprint(local_media.blueprint(config.photo_dir / "objects"))
