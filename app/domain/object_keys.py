"""Build the keys of objects and the names of listings."""

import re
from collections.abc import Iterable

from app.domain import photo_ids
from app.domain.image.rendition_sizes import AVIF, JPEG
from app.domain.versions.revisions import is_secret

PUBLIC_PREFIX = "photos/"
PENDING_PREFIX = "pending/"
HIDDEN_PREFIX = "hidden/"
TRASH_PREFIX = "trash/"
RECORD_PREFIX = "records/"
ALBUM_PREFIX = f"{RECORD_PREFIX}albums/"
# Of the photos in each state. The objects in the trash expire.
PREFIXES_OUTSIDE_TRASH = (PUBLIC_PREFIX, PENDING_PREFIX, HIDDEN_PREFIX)
PHOTO_PREFIXES = (*PREFIXES_OUTSIDE_TRASH, TRASH_PREFIX)
PREFIXES = (*PHOTO_PREFIXES, RECORD_PREFIX)
_ORIGINAL = "original"
_ORIGINAL_NAME = re.compile(rf"{_ORIGINAL}(-[0-9]+)?\.[a-z]+")
_RENDITION_NAME = re.compile(r"[0-9]+(-[0-9]+)?\.(jpg|avif)")
_SIDECAR_NAME = "record.json"  # next to the objects of a photo that is not public

# An original keeps its format. No other type is stored or served.
CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "avif": "image/avif",
    "heic": "image/heic",
    "tif": "image/tiff",
    "json": "application/json",
}
IMAGE_TYPES = frozenset(CONTENT_TYPES.values()) - {"application/json"}
BROWSER_CONTENT_TYPES = frozenset(
    {"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"}
)
EXTENSIONS = {content_type: extension for extension, content_type in CONTENT_TYPES.items()}

# Seconds for which caches may keep a public object. A shared cache (RFC 9111) would show it to
# strangers for as long after the photo was hidden or deleted, unless the copy is invalidated.
MAX_AGE = 365 * 24 * 60 * 60
MAX_AGE_IN_SHARED_CACHES = 60 * 60
# Of an unlisted photo: only browsers keep it, and no longer than this.
MAX_AGE_OF_UNLISTED = 24 * 60 * 60

# Listings: the public one, and three that only the admin sees.
PUBLIC_LISTING = "public"
PENDING_LISTING = "pending"
HIDDEN_LISTING = "hidden"
TRASH_LISTING = "trash"
# Photos whose objects a request is moving, or was moving when it was interrupted.
MOVING_LISTING = "moving"


def original(photo_id: str, content_type: str, revision: int = 0) -> str:
    """Return the key of the original: `photos/<partition>/<photo_id>/original.<ext>`."""
    return named(photo_id, _name(_ORIGINAL, content_type, revision), PUBLIC_PREFIX)


def rendition(photo_id: str, width: int, content_type: str = JPEG, revision: int = 0) -> str:
    """Return the key of a rendition: `photos/<partition>/<photo_id>/<width>.<ext>`.

    Args:
        photo_id: The id of the photo.
        width: The width in pixels.
        content_type: `image/jpeg` or `image/avif`.
        revision: The revision of the photo's images (see PhotoSummary).
    """
    return named(photo_id, rendition_name(width, content_type, revision), PUBLIC_PREFIX)


def rendition_name(width: int, content_type: str, revision: int = 0) -> str:
    """Return the name of a rendition: `<width>.<ext>`, width in pixels."""
    return _name(str(width), content_type, revision)


def public_keys(
    photo_id: str,
    content_type: str,
    widths: Iterable[int],
    avif_widths: Iterable[int],
    revision: int = 0,
) -> tuple[str, ...]:
    """Return the public keys of a photo: its JPEGs and AVIFs, smallest first, then its original."""
    return (
        *(rendition(photo_id, width, JPEG, revision) for width in sorted(widths)),
        *(rendition(photo_id, width, AVIF, revision) for width in sorted(avif_widths)),
        original(photo_id, content_type, revision),
    )


def _name(kind: str, content_type: str, revision: int) -> str:
    """Return `<kind>.<ext>`, or `<kind>-<revision>.<ext>` with another revision than the first.

    Objects are immutable, so the images of a rotated photo have other keys.
    """
    suffix = f"-{revision}" if revision else ""
    return f"{kind}{suffix}.{EXTENSIONS[content_type]}"


def cache_control(key: str, max_age: int) -> str:
    """Return the Cache-Control of a public object.

    Browsers never ask again for an object that is fresh for a year.

    Args:
        key: The key of the object.
        max_age: Seconds for which caches may keep the object of a public photo.
    """
    revision = name_of(key).partition(".")[0].partition("-")[2]
    if revision.isdecimal() and is_secret(int(revision)):
        return f"private, max-age={min(max_age, MAX_AGE_OF_UNLISTED)}"
    return f"public, max-age={max_age}" + ", immutable" * (max_age == MAX_AGE)


def is_original(key: str) -> bool:
    """Return whether the key is that of an original."""
    return name_of(key).startswith(_ORIGINAL)


def is_rendition(key: str) -> bool:
    """Return whether the key ends in the name of a rendition."""
    return _RENDITION_NAME.fullmatch(name_of(key)) is not None


def sidecar(photo_id: str, prefix: str = PUBLIC_PREFIX) -> str:
    """Return the key of the private sidecar of a photo whose objects have `prefix`.

    It is `records/<partition>/<photo_id>.json` for a public or unlisted photo. Otherwise it is next
    to the objects, so that it expires with them: `trash/<partition>/<photo_id>/record.json`.
    """
    if prefix == PUBLIC_PREFIX:
        return f"{RECORD_PREFIX}{partition(photo_id)}/{photo_id}.json"
    return named(photo_id, _SIDECAR_NAME, prefix)


def album_sidecar(album_id: str) -> str:
    """Return the key of the private sidecar of an album: `records/albums/<album_id>.json`."""
    return f"{ALBUM_PREFIX}{album_id}.json"


def album_id_of(key: str) -> str | None:
    """Return the id of the album whose sidecar has the key, None for any other key."""
    album_id = key.removeprefix(ALBUM_PREFIX).removesuffix(".json")
    is_album = photo_ids.is_photo_id(album_id) and key == album_sidecar(album_id)
    return album_id if is_album else None


def is_private_sidecar(key: str) -> bool:
    """Return whether the key is that of the sidecar of a photo whose objects are private."""
    return key.endswith(f"/{_SIDECAR_NAME}")


def is_part_of_export(path: str) -> bool:
    """Return whether the path of a file ends like the key of a sidecar or an original.

    Any folders may precede the key, and its prefix may be missing.
    """
    parent, _, name = path.rpartition("/")
    if photo_ids.is_photo_id(name_of(parent)):
        return name == _SIDECAR_NAME or _ORIGINAL_NAME.fullmatch(name) is not None
    id_in_name = name.removesuffix(".json")
    return photo_ids.is_photo_id(id_in_name) and f"/{path}".endswith(f"/{sidecar(id_in_name)}")


def moved(key: str, prefix: str) -> str:
    """Return the key of the same object under another prefix: `<prefix><partition>/…`."""
    return prefix + key.partition("/")[2]


def named(photo_id: str, name: str, prefix: str) -> str:
    """Return the key of the object with this name under a prefix."""
    return folder(photo_id, prefix) + name


def folder(photo_id: str, prefix: str) -> str:
    """Return the beginning of the keys of a photo's objects: `<prefix><partition>/<photo_id>/`."""
    return f"{prefix}{partition(photo_id)}/{photo_id}/"


def partition(photo_id: str) -> str:
    """Return the partition of a photo's keys: the last character of its id, one of 32.

    S3 takes 3 500 PUTs a second for each prefix that it has partitioned (Amazon S3 User Guide,
    "Best practices design patterns"). Ids are in the order of upload, so keys that began with the
    id would put all new photos into the newest S3 partition. The last character of an id is random.
    docs/scale.md has the figures.
    """
    return photo_id[-1:]


def name_of(key: str) -> str:
    """Return the name of an object: `640.jpg`."""
    return key.rpartition("/")[2]


def photo_id_of(key: str) -> str | None:
    """Return the id of the photo whose object or sidecar has the key, None for any other key."""
    after_partition = key.split("/", 2)[-1]
    photo_id = after_partition[: len(photo_ids.MIN_ID)]
    if not photo_ids.is_photo_id(photo_id):
        return None
    folders = tuple(folder(photo_id, prefix) for prefix in PHOTO_PREFIXES)
    return photo_id if key == sidecar(photo_id) or key.startswith(folders) else None


def content_type_of(key: str) -> str:
    """Return the content type of an object, by its extension."""
    return CONTENT_TYPES[key.rpartition(".")[2]]


def content_disposition(key: str) -> str:
    """Return the Content-Disposition: show renditions, download originals as `<photo_id>.<ext>`."""
    if not is_original(key):
        return "inline"
    *_, photo_id, name = key.split("/")
    return f'attachment; filename="{photo_id}.{name.rpartition(".")[2]}"'


def tag_listing(tag: str) -> str:
    """Return the listing of the photos with `tag`."""
    return f"tag:{tag}"


def term_listing(term: str) -> str:
    """Return the listing of the photos that the search term `term` finds."""
    return f"term:{term}"


def pending_listing(album_id: str) -> str:
    """Return the listing of the photos of an album that wait for review."""
    return f"{PENDING_LISTING}:{album_id}"


def owner_listing(owner: str) -> str:
    """Return the listing of a contributor's photos that are not in the trash."""
    return f"owner:{owner}"


def owner_trash_listing(owner: str) -> str:
    """Return the listing of a contributor's deleted photos."""
    return f"trash:{owner}"


def duplicates_listing(sha256: str) -> str:
    """Return the listing of the photos made from the same file."""
    return f"duplicates:{sha256}"
