"""A folder of photos with XMP sidecars.

Covers app.cli.import_command, app.maintenance.importing.file_types,
app.maintenance.importing.inventory, app.maintenance.importing.items,
app.maintenance.importing.texts.
"""

from datetime import datetime

import pytest

from app.domain.image.credit import Credit
from tests.imaging.metadata.iptc.credited_files import CREDIT, xmp
from tests.imaging.metadata.iptc.test_caption_fields import TEXTS
from tests.maintenance.importing.conftest import Site, Tree, small
from tests.sample_images import png

GPS = "<exif:GPSLatitude xmlns:exif='http://ns.adobe.com/exif/1.0/'>35,9.5N</exif:GPSLatitude>"
DATE = "<photoshop:DateCreated>2003-04-05T06:07:08</photoshop:DateCreated>"
PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description {}/>'
    "</rdf:RDF></x:xmpmeta>"
)


@pytest.mark.parametrize("name", ["pier.jpg.xmp", "pier.xmp", "PIER.XMP"])
def test_a_sidecar_has_precedence_over_its_photo(site: Site, tree: Tree, name: str) -> None:
    """Texts, keywords, credit and date come from it; a place is not read."""
    folder = tree(
        {
            "2019/pier.jpg": small(taken="2001:02:03 04:05:06"),
            f"2019/{name}": xmp(extra=TEXTS + DATE + GPS),
        }
    )
    imported = site.run(folder)
    assert "Folder: 1 new photos" in imported.output
    assert "1 have a sidecar." in imported.output
    assert "GPSLatitude 1" in imported.output
    assert imported.exit_code == 0
    photo = site.photos()["pier.jpg"]
    assert (photo.title, photo.description, photo.alt) == ("Pier", "Two\nlines,", "A pier at dusk")
    assert photo.tags == ("sea", "dusk")
    assert photo.taken_at == datetime.fromisoformat("2003-04-05T06:07:08")
    assert photo.credit == CREDIT.cleaned()
    assert photo.credit_in_files


FILE_TIME = "2001:02:03 04:05:06"


@pytest.mark.parametrize(
    ("stated", "of_file", "expected"),
    [
        ("1974", None, "1974"),
        ("1974-06", None, "1974-06"),
        ("1974-06-05", None, "1974-06-05"),
        ("1841-06-05", None, "1841-06-05"),
        ("1974-06", FILE_TIME, "1974-06"),
        ("2001-02-03T04:06", FILE_TIME, "2001-02-03T04:06:00"),
        ("2001", FILE_TIME, "2001-02-03T04:05:06"),
        ("2001-02-03", FILE_TIME, "2001-02-03T04:05:06"),
    ],
)
def test_a_date_is_imported_as_far_as_it_is_known(
    site: Site, tree: Tree, stated: str, of_file: str | None, expected: str
) -> None:
    """If the file has the same date and also the time of the day, that stays."""
    date = f"<photoshop:DateCreated>{stated}</photoshop:DateCreated>"
    folder = tree({"pier.jpg": small(taken=of_file or ""), "pier.xmp": xmp(extra=date)})
    assert site.run(folder).exit_code == 0
    taken = site.photos()["pier.jpg"].taken
    assert taken
    assert taken.iso == expected


def test_a_photo_keeps_the_facts_that_its_sidecar_lacks(site: Site, tree: Tree) -> None:
    """A name alone may be that of the owner of the camera, and is no credit."""
    folder = tree(
        {
            "a.jpg": small(taken="2001:02:03 04:05:06"),
            "a.jpg.xmp": xmp(Credit(creator="Anna")),
        }
    )
    assert site.run(folder).exit_code == 0
    photo = site.photos()["a.jpg"]
    assert photo.taken_at == datetime.fromisoformat("2001-02-03T04:05:06")
    assert photo.credit is None


@pytest.mark.parametrize("options", [(), ("--folder-tags",)])
def test_folders_are_albums_which_may_become_tags(
    site: Site, tree: Tree, options: tuple[str, ...]
) -> None:
    folder = tree(
        {
            "pier.jpg": small(),
            "2019/Summer Trip/sea.jpg": small(),
            "2019/Summer Trip/sea.xmp": xmp(extra=TEXTS),
        }
    )
    imported = site.run(folder, *options)
    assert "albums (1): 2019 / Summer Trip 1" in imported.output
    photos = site.photos()
    assert photos["pier.jpg"].tags == ()
    album = ("2019 summer trip",) if options else ()
    assert photos["sea.jpg"].tags == ("sea", "dusk", *album)


@pytest.mark.parametrize(
    "sidecar",
    [
        b"",
        b"no XML",
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF></x:xmpmeta>",
        PACKET.format("").encode("utf-16"),
        PACKET.format('dc:title="&title;"').encode(),
        b'<!DOCTYPE x [<!ENTITY title "x">]>' + PACKET.format('dc:title="&title;"').encode(),
        xmp(extra=TEXTS) + bytes(2_000_000),
    ],
    ids=["empty", "no XML", "broken", "UTF-16", "no entity", "entity", "large"],
)
def test_a_sidecar_that_cannot_be_read_costs_its_texts(
    site: Site, tree: Tree, sidecar: bytes
) -> None:
    """The photo is imported, and the report names the sidecar. No entity is expanded."""
    imported = site.run(tree({"a.jpg": small(), "a.jpg.xmp": sidecar}))
    assert "sidecars that cannot be read (1): a.jpg.xmp: " in imported.output
    assert "1 added, 0 skipped, 0 failed." in imported.output
    assert imported.exit_code == 0
    assert site.photos()["a.jpg"].title == ""


def test_a_sidecar_that_is_a_link_is_not_read(site: Site, tree: Tree) -> None:
    """It could lead to any file of the machine."""
    folder = tree({"photos/a.jpg": small(), "secret.xmp": xmp(extra=TEXTS)}) / "photos"
    (folder / "a.jpg.xmp").symlink_to(folder.parent / "secret.xmp")
    imported = site.run(folder)
    assert "a.jpg.xmp: This is a symbolic link." in imported.output
    assert site.photos()["a.jpg"].title == ""


def test_files_that_are_no_photos_are_counted(site: Site, tree: Tree) -> None:
    """Photos are found by their first bytes if their names do not tell."""
    folder = tree(
        {
            "03.03.13 - 1": small(),
            "image.download": png(),
            "clip.MP4": b"video",
            "clip.MP4.xmp": xmp(),
            "raw.CR2": b"II*\0",
            "raw.xmp": xmp(),
            "gone.jpg.xmp": xmp(),
            "notes.txt": b"text",
            "list.json": {},
        }
    )
    imported = site.run(folder)
    assert "2 added, 0 skipped, 0 failed." in imported.output
    assert "videos (1): clip.MP4" in imported.output
    assert "raw files (1): raw.CR2" in imported.output
    assert "other files (2): notes.txt, list.json" in imported.output
    assert "sidecars without a photo (1): gone.jpg.xmp" in imported.output
    assert set(site.photos()) == {"03.03.13 - 1", "image.download"}


def test_texts_that_are_too_long_are_cut(site: Site, tree: Tree) -> None:
    """Also tags: the first ones are used. The report says so."""
    sidecar = {
        "title": "a.jpg",
        "description": "é" * 6_000,
        "photoTakenTime": {"timestamp": "0"},
    }
    folder = tree({"a.jpg": small(), "a.jpg.supplemental-metadata.json": sidecar})
    imported = site.run(folder)
    assert "texts or tags that were too long (1): a.jpg" in imported.output
    assert site.photos()["a.jpg"].description == "é" * 4_999 + "…"


def test_the_limit_of_a_sidecar_is_reported(site: Site, tree: Tree) -> None:
    """The file is read only up to the limit, so the command does not know its size."""
    folder = tree({"pier.jpg": small(), "pier.xmp": b" " * 3_000_000})
    imported = site.run(folder)
    assert "This has more than 2 MB." in imported.output
    assert "2.01" not in imported.output
