"""Install the routes of photos: none if the bucket or a CDN sends them."""

from flask import Flask

from app.domain.media.reads import MediaReads
from app.web.context import AppContext
from app.web.middleware import media_files, security_headers
from app.web.middleware.trusted_hosts import HostRules
from app.web.pages import local_media
from app.web.pages.media import store_media


def init_app(app: Flask, app_context: AppContext, host_rules: HostRules) -> None:
    """Install the routes, and middleware that answers most requests for local files."""
    config, media = app_context.config, app_context.services.backend.media
    if config.photo_bucket is None:
        _install_folder(app, app_context, host_rules)
    elif media and config.media_reads is MediaReads.PRESIGNED:
        app.register_blueprint(store_media.redirecting(media))
    elif media and config.media_reads is MediaReads.APP:
        app.register_blueprint(store_media.sending(media, config.media_max_age))


def image_url(app_context: AppContext) -> str:
    """Return the URL of the host from which browsers read photos, or a path of the site."""
    backend = app_context.services.backend
    if backend.media and app_context.config.media_reads is MediaReads.PRESIGNED:
        return backend.media.origin_url
    return backend.objects.url("")


def _install_folder(app: Flask, app_context: AppContext, host_rules: HostRules) -> None:
    config = app_context.config
    objects = config.photo_dir / "objects"
    app.register_blueprint(local_media.blueprint(objects, config.media_max_age))
    headers = security_headers.headers_for(image_url(app_context))
    files = media_files.MediaFiles(app.wsgi_app, objects, config.media_max_age, headers, host_rules)
    # Assigning wsgi_app is Flask's documented way to add middleware.
    app.wsgi_app = files  # type: ignore[method-assign]
