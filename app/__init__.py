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
from app.adapters import imaging, rate_storage
from app.adapters.decoders import Decoders
from app.adapters.folder import FolderStore
from app.adapters.secret import kept_secret
from app.adapters.sqlite import SqliteCatalog
from app.config import Config
from app.library import PhotoLibrary
from app.ports import Catalog, ObjectStore
from app.quotas import Quota, Quotas
from app.web import (
    access,
    assets,
    bodies,
    compression,
    contributors,
    csrf,
    errors,
    feeds,
    gallery,
    health,
    hosts,
    keeper,
    languages,
    limits,
    login,
    logins,
    media,
    media_urls,
    oembed,
    photos,
    rates,
    requestlog,
    rows,
    scripts,
    search,
    security,
    sharing,
    site,
    sitemap,
    slow_bodies,
    snippets,
    suggestions,
    tags,
    upload,
    uploads,
    waiting,
    words,
)

_ROOT = Path(__file__).parent.parent
_ROOMS = (
    bodies,
    slow_bodies,
    compression,
    access,
    contributors,
    logins,
    csrf,
    errors,
    media_urls,
    rows,
    scripts,
    snippets,
    waiting,
    words,
)
_DAY = 24 * 60 * 60  # seconds


def create_app(config: Config | None = None, library: PhotoLibrary | None = None) -> Flask:
    """The WSGI app. Without `config` the environment is read (raises ConfigError); `library` replaces the home's."""
    config = config or Config.from_env()
    library = library or build_library(config)
    app = Flask(__name__, template_folder=str(_ROOT / "templates"), static_folder=None)
    app.secret_key = config.secret_key or kept_secret(config.photo_dir / "secret_key")
    app.config["MAX_CONTENT_LENGTH"] = config.max_form_bytes
    app.url_map.merge_slashes = False  # or /tags//sea would lead to whatever host the request names
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    write = requestlog.to_stdout if config.request_log else None
    proxied = _behind_proxies(app, config.proxy_hops)
    app.wsgi_app = requestlog.RequestLog(proxied, write)  # type: ignore[method-assign]  # Flask's documented way
    visits = _rates(config, str(app.secret_key))
    site.install(app, site.Site(config, library, visits, _quotas(config, library)))
    _furnish(app, config, library)
    visits.init_app(app)
    for command in cli.COMMANDS:
        app.cli.add_command(command)
    return app


def build_library(config: Config) -> PhotoLibrary:
    """The use cases over the home that `config` names."""
    bounds = imaging.Limits(config.max_upload_bytes, config.max_pixels, keep_location=config.keep_location)
    prepare, admit = partial(imaging.prepare, limits=bounds), partial(imaging.admit, limits=bounds)
    decoders = Decoders(prepare, config.decoders, admit=admit)
    if config.photo_bucket is None:
        library = PhotoLibrary(*_embedded(config), decoders)
        if click.get_current_context(silent=True) is None:  # what serves does this, no single command
            config.require_catalog()
            _repeat(library.purge, _DAY)
        return library
    return PhotoLibrary(*_aws(config), decoders)


def _embedded(config: Config) -> tuple[FolderStore, SqliteCatalog]:
    config.photo_dir.mkdir(parents=True, exist_ok=True)
    return FolderStore(config.photo_dir / "objects", media.PREFIX), SqliteCatalog(config.catalog_file)


def _aws(config: Config) -> tuple[ObjectStore, Catalog]:
    # Imported only here: boto3 costs the embedded home 40 MB and a third of a second that it has no use for.
    from app.adapters import aws, dynamodb, s3  # noqa: PLC0415

    bucket, table, region = str(config.photo_bucket), str(config.photo_table), str(config.aws_region)
    clients = aws.clients(region, config.aws_endpoint_url)
    for client in (clients.s3, clients.dynamodb):
        requestlog.count_calls(client.meta.events)
    media_url = s3.public_base_url(bucket, region, config.aws_endpoint_url, config.media_base_url)
    return s3.S3Store(clients.s3, bucket, media_url), dynamodb.DynamoCatalog(clients.dynamodb, table)


def _rates(config: Config, secret: str) -> rates.Rates:
    path = (config.runtime_dir or config.photo_dir) / "rates.sqlite3"
    return rates.Rates(config, f"{rate_storage.SCHEME}://", path=str(path), secret=secret)


def _quotas(config: Config, library: PhotoLibrary) -> Quotas:
    of_contributor = Quota(config.max_photos_per_contributor, _scaled(config.max_mb_per_contributor, 2**20))
    return Quotas(library, of_contributor, Quota(config.max_photos, _scaled(config.max_gb, 2**30)))


def _scaled(number: int | None, unit: int) -> int | None:
    return None if number is None else number * unit


def _repeat(task: Callable[[], object], seconds: float) -> None:
    """Run `task` now and every so many seconds for as long as the process lives."""

    def run() -> None:
        while True:
            try:
                task()
            except Exception:
                logging.getLogger(__name__).exception("emptying the trash has to wait")
            time.sleep(seconds)

    threading.Thread(target=run, name="caretaker", daemon=True).start()


def _behind_proxies(app: Flask, hops: int) -> ProxyFix:
    """Take the visitor's address and scheme from exactly the proxies there are, and from no visitor."""
    return ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)


def _furnish(app: Flask, config: Config, library: PhotoLibrary) -> None:
    for room in _ROOMS:
        room.init_app(app)
    hosts.init_app(app, config.trusted_hosts)
    security.init_app(app, library.objects.url(""))
    assets.init_app(app, _ROOT / "static")
    languages.init_app(app, _ROOT / "translations")
    app.jinja_env.globals.update(site_title=config.site_title, limits=limits.Limits.of(config))
    for room in (
        gallery,
        photos,
        upload,
        uploads,
        keeper,
        tags,
        search,
        login,
        health,
        sharing,
        feeds,
        sitemap,
        oembed,
    ):
        app.register_blueprint(room.blueprint)
    app.register_blueprint(suggestions.blueprint())
    if config.photo_bucket is None:
        app.register_blueprint(media.blueprint(config.photo_dir / "objects"))
