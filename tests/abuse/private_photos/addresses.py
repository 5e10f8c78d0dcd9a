"""Addresses of every route that answers GET, which name the photos in every way.

A new route fails a test until it is added here.
"""

from urllib.parse import quote

from app.domain import object_keys
from tests.abuse.private_photos.scene import GUEST, PENDING, UNLISTED, Scene

BEFORE_ALL, AFTER_ALL = "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "00000000000000000000000000"


def listings_of(scene: Scene) -> list[str]:
    """Return values of the parameter `in`, every kind of them."""
    album_id = scene.album.album_id
    words = [f"tag:{word}" for word in ("sea", PENDING.lower(), UNLISTED.lower())]
    searches = [f"search:{word}" for word in ("night", PENDING, UNLISTED)]
    years = [f"taken:{year}" for year in ("1987", "1987-03", "1986", "1986-02", "2026")]
    return [*words, *searches, *years, "taken", "undated", "uploads", f"album:{album_id}"]


def paths_of(scene: Scene) -> dict[str, list[str]]:
    """Return addresses of each endpoint that name the photos, their tags, dates and album."""
    ids = [photo.photo_id for photo in scene.photos.values()]
    album = f"/albums/{scene.album.album_id}"
    guest_link = f"/join/{scene.album.guest_code}"
    listings = [quote(value, safe="") for value in listings_of(scene)]
    tags = ["sea", PENDING.lower(), UNLISTED.lower()]
    of_photo = {
        "album_choice.of_photo": "albums",
        "photos.confirm_delete": "delete",
        "photos.edit": "edit",
        "photos.confirm_purge": "purge",
        "qr_codes.show": "qr.svg",
    }
    chosen = "&".join(f"photo={photo_id}" for photo_id in ids)
    prefixes = [prefix.rstrip("/") for prefix in object_keys.PHOTO_PREFIXES]
    names = [object_keys.name_of(key) for key in scene.photos[PENDING].object_keys]
    return {
        "gallery.index": ["/", "/?order=taken", "/?order=added", f"/?before={BEFORE_ALL}"],
        "archive.year": ["/1987", "/1986", "/2026"],
        "archive.month": ["/1987/03", "/1986/02", "/2026/11"],
        "archive.undated": ["/undated"],
        "admin.index": ["/admin"],
        "admin.hidden": ["/admin/hidden"],
        "admin.deleted": ["/admin/deleted"],
        "status.show": ["/admin/status"],
        "metrics.show": ["/metrics"],
        "open_reports.index": ["/admin/reports"],
        "tokens.index": ["/admin/tokens"],
        "tokens.confirm_revoke": [f"/admin/tokens/{'0' * 12}/revoke"],
        "site_review.show": ["/admin/pending", "/admin/pending?select=all"],
        "site_review.show_after": ["/admin/pending/approve"],
        "contributors.show": [f"/admin/contributors/{GUEST}"],
        "contributors.confirm": [f"/admin/contributors/{GUEST}/hide"],
        "albums.index": ["/albums"],
        "albums.mine": ["/albums/mine"],
        "albums.show": [album, f"{album}?after=0", f"{album}?size=large", f"{album}?by=Mina"],
        "albums.card": [f"{album}/card"],
        "album_photos.index": [f"{album}/arrange"],
        "album_editor.new": ["/albums/new"],
        "album_editor.edit": [f"{album}/edit"],
        "album_editor.confirm_delete": [f"{album}/delete"],
        "album_editor.show_sort": [f"{album}/sort"],
        "wall.show": [f"{album}/wall", *(f"{album}/wall?photo={each}" for each in ids)],
        "wall.new": [f"{album}/wall/new"],
        "album_guests.index": [f"{album}/guests"],
        "album_link.index": [f"{album}/link"],
        "album_link.show_after": [f"{album}/link/end", f"{album}/link/open"],
        "album_guests.confirm": [f"{album}/guests/renew", f"{album}/guests/end"],
        "album_guests.card": [f"{album}/guests/card"],
        "guests.show": [guest_link],
        "guests.upload": [f"{guest_link}/upload"],
        "guests.thanks": [f"{guest_link}/thanks"],
        "qr_codes.guest_link": [f"{guest_link}/qr.svg"],
        "album_review.show": [f"{album}/review", f"{album}/review?select=all"],
        "album_review.show_after": [f"{album}/review/approve"],
        "atom.album": [f"{album}/feed.xml"],
        "qr_codes.album": [f"{album}/qr.svg"],
        "zip_files.show": [
            f"/download.zip?{chosen}",
            *(f"/download.zip?in={listing}" for listing in listings),
        ],
        "atom.latest": ["/feed.xml"],
        "atom.tag": [f"/tags/{tag}/feed.xml" for tag in tags],
        "health.healthz": ["/healthz"],
        "health.readyz": ["/readyz"],
        "login.new": ["/login"],
        "web_manifest.show": ["/manifest.webmanifest"],
        "local_media.file": [
            f"/media/{prefix}/{scene.photos[PENDING].photo_id}/{name}"
            for prefix in prefixes
            for name in (*names, "record.json")
        ],
        "oembed.show": [
            f"/oembed?url=http://localhost/photos/{photo_id}{query}"
            for photo_id in ids
            for query in ("", f"%3Fin={quote(scene.inside[1], safe='')}")
        ],
        "openapi.show": ["/openapi.json"],
        "photos.show": [
            f"/photos/{photo_id}{query}"
            for photo_id in ids
            for query in ("", *(f"?in={listing}" for listing in listings))
        ],
        "selection.show": [
            "/photos/select",
            *(f"/photos/select?in={listing}&select=all" for listing in listings),
            *(f"/photos/select?in={name}" for name in ("deleted", "hidden", "trash")),
            f"/photos/select?in=contributor:{GUEST}",
            *(f"/photos/select?in=batch:{photo_id[:10]}" for photo_id in ids),
        ],
        "selection.show_after": [f"/photos/select/tags?in={listing}" for listing in listings],
        "reporting.new": [
            f"/photos/{photo_id}/report{query}"
            for photo_id in ids
            for query in ("", *(f"?in={listing}" for listing in listings))
        ],
        "reporting.thanks": [f"/photos/{photo_id}/report/thanks" for photo_id in ids],
        "photo_files.show": [
            f"/photos/{photo_id}/files/{name}" for photo_id in ids for name in names
        ],
        **{name: [f"/photos/{each}/{verb}" for each in ids] for name, verb in of_photo.items()},
        "robots.show": ["/robots.txt"],
        "search.index": [f"/search?q={word}" for word in ("night", PENDING, UNLISTED, "sea")],
        "sitemap.index": ["/sitemap.xml"],
        "sitemap.albums": [f"/sitemap-albums-{scene.album.created_at:%Y-%m}.xml"],
        "sitemap.archive": ["/sitemap-archive.xml"],
        "sitemap.show": ["/sitemap-2026-11.xml", "/sitemap-1987-03.xml"],
        "slideshow.show": [
            "/slideshow",
            *(f"/slideshow?in={listing}" for listing in listings),
            *(f"/slideshow?in={listing}&before={BEFORE_ALL}" for listing in listings),
            *(f"/slideshow?in={listing}&after={AFTER_ALL}" for listing in listings),
        ],
        "static.file": [],
        "tags.index": ["/tags", "/tags?start="],
        "tag_suggestions.index": ["/tags.json"],
        "tags.show": [f"/tags/{tag}" for tag in tags],
        "transfer.confirm": ["/transfer"],
        "transfer.confirm_others": ["/transfer/others"],
        "upload.new": ["/upload", f"/upload?album={scene.album.album_id}"],
        "upload_permission.show": ["/upload/permission"],
        "my_uploads.index": ["/uploads"],
        "my_uploads.deleted": ["/uploads/deleted"],
        "batches.edit": [f"/uploads/batches/{photo_id[:10]}" for photo_id in ids],
        "batches.show": [f"/uploads/batches/{photo_id[:10]}/delete" for photo_id in ids],
    }
