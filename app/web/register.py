"""Install everything that the web app consists of, in one order.

Flask calls `before_request` functions in the order in which they are installed, and `after_request`
functions in the reverse order.
"""

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.web import context, errors
from app.web.auth import (
    access,
    album_access,
    contributor_cookie,
    contributor_name,
    csrf,
    guest_access,
    guest_cookie,
    sessions,
)
from app.web.auth.principals import principal
from app.web.auth.principals.headers import PrincipalHeaders
from app.web.context import AppContext
from app.web.downloads import zip_files
from app.web.feeds import atom, oembed, openapi, robots, sitemap, web_manifest
from app.web.listings import gallery_order
from app.web.middleware import (
    compression,
    form_limits,
    form_parser,
    page_cache,
    path_prefix,
    preconditions,
    query_string,
    request_deadline,
    request_log,
    security_headers,
    slow_uploads,
    static_responses,
    trusted_hosts,
)
from app.web.middleware.concurrency import request_slots, slow_requests
from app.web.operations import hooks
from app.web.pages import (
    admin,
    batches,
    contributors,
    gallery,
    health,
    login,
    my_uploads,
    photo_files,
    photos,
    qr_codes,
    search,
    slideshow,
    tag_suggestions,
    tags,
    transfer,
    upload,
    upload_duplicates,
    upload_permission,
)
from app.web.pages.album_photos import arranging, choosing
from app.web.pages.albums import album_editor, album_link, albums, wall
from app.web.pages.archive import archive
from app.web.pages.guests import hosting, joining
from app.web.pages.media import routes
from app.web.pages.reports import open_reports, reporting
from app.web.pages.reviews import album_review, photo_review, site_review
from app.web.pages.selection import selection
from app.web.pages.tokens import tokens as access_tokens
from app.web.rendering import (
    archive_dates,
    batch_facts,
    cache_notice,
    cached_macros,
    camera,
    embed_codes,
    formatting,
    i18n,
    link_previews,
    photo_credit,
    photo_names,
    photo_urls,
    script_texts,
    site_settings,
    static_files,
    time_elements,
)
from app.web.rendering.gallery import (
    archive_nav,
    aspect_ratios,
    image_sizes,
    photo_cards,
    photo_count,
    photo_days,
    photo_size,
)

_ROOT = Path(__file__).parent.parent.parent
_BLUEPRINTS = (
    gallery.blueprint,
    selection.blueprint,
    photos.blueprint,
    photo_files.blueprint,
    reporting.blueprint,
    qr_codes.blueprint,
    upload.blueprint,
    upload_permission.blueprint,
    upload_duplicates.blueprint,
    my_uploads.blueprint,
    batches.blueprint,
    choosing.blueprint,
    arranging.blueprint,
    transfer.blueprint,
    admin.blueprint,
    contributors.blueprint,
    open_reports.blueprint,
    access_tokens.blueprint,
    albums.blueprint,
    wall.blueprint,
    album_editor.blueprint,
    album_link.blueprint,
    hosting.blueprint,
    joining.blueprint,
    album_review.blueprint,
    photo_review.blueprint,
    site_review.blueprint,
    tags.blueprint,
    archive.blueprint,
    search.blueprint,
    slideshow.blueprint,
    login.blueprint,
    health.blueprint,
    atom.blueprint,
    oembed.blueprint,
    openapi.blueprint,
    sitemap.blueprint,
    robots.blueprint,
    web_manifest.blueprint,
)


def init_app(app: Flask, app_context: AppContext) -> None:
    """Install middleware, request hooks, template helpers and blueprints."""
    context.init_app(app, app_context)  # before everything that may read it
    photo_count.init_app(app, app_context.services.photos)
    archive_nav.init_app(app, app_context.services.archive)
    host_rules = trusted_hosts.HostRules(app_context.config)
    _install_request_hooks(app, app_context, host_rules)
    _install_template_helpers(app, app_context)
    _install_blueprints(app)
    _install_files(app, app_context, host_rules)
    _install_wsgi_middleware(app, app_context)


def _install_request_hooks(
    app: Flask, app_context: AppContext, host_rules: trusted_hosts.HostRules
) -> None:
    config = app_context.config
    form_parser.init_app(app)  # sets the request class, before any request is made
    slow_uploads.init_app(app)  # before everything that reads the body
    form_limits.init_app(app, config.max_request_bytes)  # likewise
    compression.init_app(app)  # its after_request runs last, on the complete body
    contributor_cookie.init_app(app)
    contributor_name.init_app(app)
    guest_cookie.init_app(app)
    sessions.init_app(app)
    principal.init_app(app)  # before everything that reads a cookie or the body
    hooks.init_app(app)  # after the cookies, before requests are refused
    slow_requests.init_app(app)  # knows the sender, and lets them wait before the body is read
    csrf.init_app(app)  # reads the form, so it comes after the two that guard the body
    gallery_order.init_app(app)
    errors.init_app(app)
    request_deadline.init_app(app)  # after csrf: the time for receiving the body does not count
    trusted_hosts.init_app(app, host_rules)
    page_cache.init_app(app, config.proxy_headers, config.remote_users.header)
    preconditions.init_app(app)
    security_headers.init_app(app, routes.image_url(app_context))


def _install_template_helpers(app: Flask, app_context: AppContext) -> None:
    i18n.init_app(app, _ROOT / "translations")  # first: the others format in its locale
    access.init_app(app)
    album_access.init_app(app)
    guest_access.init_app(app)
    photo_urls.init_app(app)
    cache_notice.init_app(app)
    aspect_ratios.init_app(app)
    image_sizes.init_app(app)
    photo_names.init_app(app)
    photo_cards.init_app(app)
    cached_macros.init_app(app)
    camera.init_app(app)
    photo_days.init_app(app)
    photo_size.init_app(app)
    script_texts.init_app(app)
    link_previews.init_app(app)
    embed_codes.init_app(app)
    formatting.init_app(app)
    archive_dates.init_app(app)
    photo_credit.init_app(app)
    batch_facts.init_app(app)
    time_elements.init_app(app)
    site_settings.init_app(app, app_context.config)


def _install_blueprints(app: Flask) -> None:
    # `/tags//sea` would be redirected to the host that the request names.
    app.url_map.merge_slashes = False
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.register_blueprint(tag_suggestions.blueprint())  # holds a cache for each app
    app.register_blueprint(zip_files.blueprint())  # likewise a limit


def _install_files(app: Flask, app_context: AppContext, rules: trusted_hosts.HostRules) -> None:
    """Install the routes of files, and middleware that answers most requests before Flask."""
    static_prefix = static_files.init_app(app, _ROOT / "static")
    slots = request_slots.RequestSlots(app.wsgi_app)  # files need none
    files = static_responses.StaticResponses(slots, static_prefix, rules)
    # Assigning wsgi_app is Flask's documented way to add middleware.
    app.wsgi_app = files  # type: ignore[method-assign]
    routes.init_app(app, app_context, rules)


def _install_wsgi_middleware(app: Flask, app_context: AppContext) -> None:
    config = app_context.config
    # Only as many proxies as there are may say who the client is; others could forge an address.
    # The other headers are optional: a proxy that does not set one passes on a client's forgery.
    encoded = query_string.QueryStringEncoder(app.wsgi_app)
    prefixed = path_prefix.PathPrefix(encoded)
    proxied = ProxyFix(
        prefixed,
        x_for=config.proxy_hops,
        x_proto=config.proxy_hops,
        x_host=int("host" in config.proxy_headers),
        x_port=int("port" in config.proxy_headers),
        x_prefix=int("prefix" in config.proxy_headers),
    )
    # Outermost: its time includes everything else, and every answer gets its request id.
    write = request_log.to_stdout if config.request_log else None
    named = PrincipalHeaders(proxied, config.remote_users, config.proxy_hops)
    app.wsgi_app = request_log.RequestLog(named, app.url_map, write)  # type: ignore[method-assign]
    hooks.install_metrics(app)
