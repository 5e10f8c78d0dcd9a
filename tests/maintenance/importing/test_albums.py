"""The folders of a plain folder and the albums of other sites become albums of the site."""

from app.domain.albums.memberships import MAX_ALBUMS
from app.domain.photo_summary import PhotoState
from app.maintenance import IMPORT_OWNER
from app.services.albums.album_service import AlbumService
from app.services.factory import Services
from tests.maintenance.importing.conftest import Content, Site, Tree, small
from tests.maintenance.importing.test_takeout import YEAR, album


def titles_of(site: Site, albums: AlbumService) -> dict[str, list[str]]:
    """Return the files of each album, by its title, in its order."""
    shown: dict[str, list[str]] = {}
    for tile in albums.owned(IMPORT_OWNER, 100).tiles:
        page = albums.page(tile.album.album_id, 100)
        photos = [site.backend.catalog.get(summary.photo_id) for summary in page.summaries]
        assert tile.album.title not in shown
        shown[tile.album.title] = [photo.filename for photo in photos]
    return shown


def test_folders_become_albums(site: Site, tree: Tree, services: Services) -> None:
    """A repeated import finds the albums, and adds photos that have none yet."""
    folder = tree(
        {
            "2019/Trip/late.jpg": small(taken="2019:07:02 10:00:00"),
            "2019/Trip/early.jpg": small(taken="2019:07:01 10:00:00"),
            "alone.jpg": small(),
        }
    )
    assert site.run(folder).exit_code == 0
    assert titles_of(site, services.albums) == {}
    for _ in range(2):
        assert "0 added, 3 skipped, 0 failed." in site.run(folder, "--albums").output
        assert titles_of(site, services.albums) == {"2019 / Trip": ["early.jpg", "late.jpg"]}
    (folder / "2019" / "Trip" / "new.jpg").write_bytes(small(taken="2019:07:03 10:00:00"))
    assert "1 added" in site.run(folder, "--albums").output
    assert titles_of(site, services.albums) == {"2019 / Trip": ["early.jpg", "late.jpg", "new.jpg"]}


def test_a_plan_creates_no_album(site: Site, tree: Tree, services: Services) -> None:
    folder = tree({"Trip/a.jpg": small()})
    assert "albums (1): Trip 1" in site.run(folder, "--albums", "--plan").output
    assert titles_of(site, services.albums) == {}


def test_a_photo_is_in_each_album_of_its_copies(site: Site, tree: Tree, services: Services) -> None:
    """An album has its title and its description. A photo in too many is in the first ones."""
    pier = small()
    files: dict[str, Content] = {f"{YEAR}/pier.jpg": pier}
    for number in range(MAX_ALBUMS + 1):
        root = f"Takeout/Google Photos/{number}"
        files |= {f"{root}/pier.jpg": pier, f"{root}/metadata.json": album(f"Album {number}")}
    imported = site.run(tree(files), "--albums")
    assert "photos that are not in all of their albums (1): " in imported.output
    assert "A photo can be in at most 5 albums." in imported.output
    assert imported.exit_code == 0
    shown = titles_of(site, services.albums)
    assert [title for title, names in shown.items() if names] == [
        f"Album {number}" for number in reversed(range(MAX_ALBUMS))
    ]
    descriptions = {tile.album.description for tile in services.albums.public(100).tiles}
    assert descriptions == {"By the sea"}


def test_a_public_photo_is_the_cover(site: Site, tree: Tree, services: Services) -> None:
    """Also if a hidden photo stands before it. Strangers see only the public one."""
    folder = tree(
        {
            "albums.json": {"albums": [{"title": "Summer", "photos": ["111", "222"]}]},
            "photo_111.json": {"privacy": "private"},
            "photo_222.json": {"privacy": "public"},
            "a_111_o.jpg": small(),
            "b_222_o.jpg": small(),
        }
    )
    assert site.run(folder, "--albums").exit_code == 0
    photos = site.photos()
    assert photos["a_111_o.jpg"].state is PhotoState.HIDDEN
    assert len(photos["a_111_o.jpg"].albums) == 1
    [tile] = services.albums.public(100).tiles
    assert tile.cover
    assert tile.cover.photo_id == photos["b_222_o.jpg"].photo_id
    assert titles_of(site, services.albums) == {"Summer": ["b_222_o.jpg"]}
