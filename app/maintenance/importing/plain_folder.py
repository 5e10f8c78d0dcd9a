"""A folder of photos. Each folder inside it is an album, and XMP sidecars describe the photos."""

from collections.abc import Callable, Iterator

from app.domain.image.sidecar_facts import SidecarFacts
from app.maintenance.importing.inventory import Inventory
from app.maintenance.importing.items import (
    NO_FACTS,
    FoundPhoto,
    ImportAlbum,
    PhotoFacts,
    folder_of,
    name_of,
    stem_of,
)
from app.maintenance.importing.report import ImportReport, Note
from app.maintenance.importing.sidecar_files import PhotoFolder, UnusableSidecar, read_bytes

# Returns the facts in an XMP sidecar; None if it has none that can be read.
ReadXmp = Callable[[bytes], SidecarFacts | None]

_ALBUM_SEPARATOR = " / "


class PlainFolder:
    """A source of photos: see `ImportSource`.

    Programs name a sidecar `IMG_1.jpg.xmp` (darktable, digiKam) or `IMG_1.xmp` (Adobe), which is
    for every photo of that name.

    Args:
        read_xmp: Reads an XMP sidecar.
    """

    label = "Folder"
    expects_sidecars = False

    def __init__(
        self, folder: PhotoFolder, inventory: Inventory, report: ImportReport, read_xmp: ReadXmp
    ) -> None:
        self._folder = folder
        self._inventory = inventory
        self._report = report
        self._read_xmp = read_xmp
        self._sidecars = {_without_extension(path).lower(): path for path in inventory.xmp}

    def photos(self) -> Iterator[FoundPhoto]:
        """Yield the photos. The report has sidecars without a photo."""
        matched = {self._sidecar_of(path) for path in self._inventory.others}
        for file in self._inventory.photos:
            sidecar = self._sidecar_of(file.path)
            matched.add(sidecar)
            yield FoundPhoto(file, sidecar, _albums_of(file.path))
        for path in self._inventory.xmp:
            if path not in matched:
                self._report.note(Note.UNMATCHED_SIDECAR, path)
        for path in self._inventory.json:
            self._report.note(Note.OTHER_FILE, path)

    def facts(self, photo: FoundPhoto) -> PhotoFacts:
        """Return the facts in the sidecar of a photo. Raises UnusableSidecar."""
        if photo.sidecar is None:
            return NO_FACTS
        sidecar = self._read_xmp(read_bytes(self._folder, photo.sidecar))
        if sidecar is None:
            raise UnusableSidecar("It has no properties that can be read.")
        captions = sidecar.captions
        return PhotoFacts(
            title=captions.title,
            description=captions.description,
            tags=captions.tags,
            alt=captions.alt,
            credit=sidecar.credit,
            taken=sidecar.taken,
            overrides_date=True,  # a sidecar has the later changes
            unused=sidecar.unused,
        )

    def _sidecar_of(self, path: str) -> str | None:
        """Return the sidecar of a photo, a video or a raw file."""
        key = path.lower()
        return self._sidecars.get(key) or self._sidecars.get(_without_extension(key))


def _albums_of(path: str) -> tuple[ImportAlbum, ...]:
    folder = folder_of(path)
    if not folder:
        return ()
    return (ImportAlbum.of(folder.replace("/", _ALBUM_SEPARATOR)),)


def _without_extension(path: str) -> str:
    return path.removesuffix(name_of(path)) + stem_of(name_of(path))
