"""The names of objects in the store and of listings in the catalog: the one place that spells them."""

from collections.abc import Iterable

PUBLIC_PREFIX = "photos/"
TRASH_PREFIX = "trash/"
RECORD_PREFIX = "records/"

# An original keeps its format; nothing outside this table is ever stored or served.
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
BROWSER_CONTENT_TYPES = frozenset(
    {"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"}
)
EXTENSIONS = {content_type: extension for extension, content_type in CONTENT_TYPES.items()}

# Listings: the public one, and two that only the admin sees.
PUBLIC_LISTING = "public"
HIDDEN_LISTING = "hidden"
TRASH_LISTING = "trash"


def original(photo_id: str, content_type: str) -> str:
    """Key of the original: `photos/<photo_id>/original.<ext>`."""
    return f"{PUBLIC_PREFIX}{photo_id}/original.{EXTENSIONS[content_type]}"


def rendition(photo_id: str, width: int) -> str:
    """Key of the JPEG rendition that is `width` pixels wide: `photos/<photo_id>/<width>.jpg`."""
    return f"{PUBLIC_PREFIX}{photo_id}/{width}.jpg"


def public_keys(photo_id: str, content_type: str, widths: Iterable[int]) -> tuple[str, ...]:
    """Every public key of one photo: its renditions, smallest first, then its original."""
    return (
        *(rendition(photo_id, width) for width in sorted(widths)),
        original(photo_id, content_type),
    )


def sidecar(photo_id: str) -> str:
    """Key of the private record sidecar: `records/<photo_id>.json`."""
    return f"{RECORD_PREFIX}{photo_id}.json"


def trashed_sidecar(photo_id: str) -> str:
    """Key of a trashed photo's record, beside its objects so that both expire together."""
    return f"{TRASH_PREFIX}{photo_id}/record.json"


def trashed(public_key: str) -> str:
    """Where a public object goes when its photo is deleted: `trash/<photo_id>/…`."""
    return TRASH_PREFIX + public_key.removeprefix(PUBLIC_PREFIX)


def photo_id_of(key: str) -> str:
    """The photo id in any of the keys above."""
    return key.split("/")[1].removesuffix(".json")


def content_type_of(key: str) -> str:
    """The content type that an object is stored and served with, by its extension."""
    return CONTENT_TYPES[key.rpartition(".")[2]]


def content_disposition(key: str) -> str:
    """What a browser does with a public object: it shows renditions, and saves an original under its photo's id."""
    photo_id, _, name = key.removeprefix(PUBLIC_PREFIX).partition("/")
    if not name.startswith("original."):
        return "inline"
    return f'attachment; filename="{photo_id}.{name.rpartition(".")[2]}"'


def tag_listing(tag: str) -> str:
    """Feed of the photos that carry `tag`."""
    return f"tag:{tag}"


def term_listing(term: str) -> str:
    """Return the listing of the photos that the search term `term` finds."""
    return f"term:{term}"


def owner_listing(owner: str) -> str:
    """Feed of the photos that one contributor added, for them alone: public and hidden ones."""
    return f"owner:{owner}"


def owner_trash_listing(owner: str) -> str:
    """Feed of the photos that one contributor added and that are in the trash, for them alone."""
    return f"trash:{owner}"


def duplicates_listing(sha256: str) -> str:
    """Return the listing of the photos made from the same file."""
    return f"duplicates:{sha256}"
