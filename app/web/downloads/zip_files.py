"""Download many photos as one ZIP file, which can be resumed.

Every byte is known before the first is sent. The same photos give the same bytes in every process.
If any byte differs, the entity tag differs.
"""

from contextlib import ExitStack
from unicodedata import normalize
from urllib.parse import quote
from weakref import finalize

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import Busy
from app.domain.image.processed_image import crc32_of
from app.domain.messages import message
from app.domain.photo import Photo
from app.services.downloads.file_names import clean_title, file_names
from app.services.downloads.zip_file import Entry, ZipFile, entry_of
from app.services.downloads.zip_format import EntryFacts
from app.web.context import app_context, download_service
from app.web.downloads.documents import Contents, photos_json, readme
from app.web.downloads.photo_sources import PhotoSource, requested_source, visible_part
from app.web.downloads.sending import send
from app.web.file_ranges import make_conditional
from app.web.listings.source_listing import PARAMETER
from app.web.middleware.client_connection import connection_closer, limit_unsent_bytes
from app.web.middleware.concurrency.concurrency_limit import ConcurrencyLimit
from app.web.middleware.rate_limits import client_key
from app.web.pagination import cursors
from app.web.redirects import see_other
from app.web.rendering.local_time import to_local_time
from app.web.selection_forms import SelectionForm

PATH = "/download.zip"
# A slow client occupies a thread for a long time; deploy/gunicorn.conf.py has threads for them.
MAX_DOWNLOADS = 3
MAX_DOWNLOADS_PER_ADDRESS = 2


class TooManyDownloads(Busy):
    """The process already sends the most ZIP files, in total or to this address."""

    def __init__(self) -> None:
        super().__init__(
            message("Too many downloads are running. Try again when one of them has finished.")
        )


def blueprint() -> Blueprint:
    """Return the blueprint. Each app has its own limit."""
    zip_files = Blueprint("zip_files", __name__)
    limit = ConcurrencyLimit(MAX_DOWNLOADS, MAX_DOWNLOADS_PER_ADDRESS, TooManyDownloads)

    @zip_files.before_request
    def require_enabled() -> None:
        if not app_context().config.zip_downloads:
            abort(404)

    @zip_files.get(PATH)
    def show() -> ResponseReturnValue:
        source = requested_source()
        app_context().rate_limits.count_download()
        address = client_key()
        limit.acquire(address)
        with ExitStack() as stack:
            stack.callback(limit.release, address)
            response = _respond(source)
            stack.pop_all()
        # A server that refuses the headers drops the response without closing it.
        response.call_on_close(finalize(response, limit.release, address))
        return response

    zip_files.add_url_rule(PATH, view_func=choose, methods=["POST"])
    return zip_files


def choose() -> ResponseReturnValue:
    """Redirect to the ZIP file of the photos that are chosen in a form."""
    return see_other(".show", photo=SelectionForm.submitted().chosen())


def _respond(source: PhotoSource) -> Response:
    """Return the ZIP file, or the requested range of it."""
    zip_file = _prepare(source)
    response = Response(mimetype="application/zip")
    response.content_length = zip_file.size
    response.set_etag(zip_file.digest)
    name = clean_title(source.title) or "photos"
    _set_file_name(response, f"{name}.zip")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would store the file on its disk
    positions = make_conditional(response, zip_file.size) or range(zip_file.size)
    limit_unsent_bytes()
    blocks = zip_file.read(positions.start, positions.stop)
    response.response = send(blocks, connection_closer())
    return response


def _set_file_name(response: Response, name: str) -> None:
    """Name the file. Headers are Latin-1, so other letters are in `filename*` (RFC 6266)."""
    ascii_name = normalize("NFKD", name).encode("ascii", "ignore").decode()
    names = {"filename": ascii_name.lstrip(" .") or "photos.zip"}
    if not name.isascii():
        names["filename*"] = f"UTF-8''{quote(name, safe='')}"
    response.headers.set("Content-Disposition", "attachment", **names)


def _prepare(source: PhotoSource) -> ZipFile:
    """Read the records. Answers 404 if the visitor sees none of the photos."""
    before, _ = cursors(source.is_cursor)
    part = download_service().with_checksums(visible_part(source, before))
    if not part.photos:
        abort(404)
    contents = Contents(
        title=source.title,
        url=source.url(_external=True),
        photos=part.photos,
        names=file_names(part.photos),
        lost=part.lost,
        next_url=_url(before=part.older) if part.older else None,
    )
    return ZipFile([*map(_entry, contents.names, part.photos), *_documents(contents)])


def _entry(name: str, photo: Photo) -> Entry:
    moment = photo.taken_at or to_local_time(photo.uploaded_at)
    facts = EntryFacts(name, photo.bytes, photo.crc32 or 0, moment)
    identity = f"{photo.photo_id} {photo.revision}\n".encode()
    return Entry(facts, identity, download_service().opener(photo))


def _documents(contents: Contents) -> list[Entry]:
    """Return the texts. Their time is the time of the newest upload, so it is always the same."""
    moment = to_local_time(max(photo.uploaded_at for photo in contents.photos))
    bodies = {"photos.json": photos_json(contents), "README.txt": readme(contents)}
    entries = []
    for name, body in bodies.items():
        facts = EntryFacts(name, len(body), crc32_of(body), moment)
        entries.append(entry_of(facts, body))
    return entries


def _url(before: str) -> str:
    """Return the address of the ZIP file with the photos after a cursor."""
    listing = {PARAMETER: request.args.get(PARAMETER)}
    return url_for("zip_files.show", before=before, _external=True, **listing)
