"""Match the photos and the JSON files of one folder of Google Takeout."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from app.maintenance.importing.items import FoundFile, name_of, stem_of
from app.maintenance.importing.takeout_names import (
    described_name,
    match_key,
    name_with_number_of,
    sidecar_stems,
    unedited_name,
)


class TakeoutFolder:
    """The files of one album or year. Parts of an export may have the same folder.

    Args:
        photos: The photos.
        others: The paths of videos and raw files.
        json: The paths of the JSON files.
    """

    def __init__(
        self, photos: Iterable[FoundFile], others: Iterable[str], json: Iterable[str]
    ) -> None:
        self.photos = list(photos)
        self._by_stem: defaultdict[str, list[str]] = defaultdict(list)
        self._by_described: dict[str, str] = {}
        for path in json:
            stem = stem_of(name_of(path))
            key = match_key(stem)
            self._by_stem[key].append(path)
            self._by_described.setdefault(match_key(described_name(stem)), key)
        self._matched: set[str] = set()
        self._sidecars = {file.path: self._find(file.name) for file in self.photos}
        for path in others:
            self._find(name_of(path))
        self._edited = dict(self._edited_photos())
        for original, edited in self._edited.items():
            self._sidecars[edited] = self._sidecars[edited] or self._sidecars[original]

    def sidecar_of(self, file: FoundFile) -> str | None:
        """Return the JSON file of a photo. An edited photo has that of its original."""
        return self._sidecars[file.path]

    def edited_copy_of(self, file: FoundFile) -> str | None:
        """Return the path of the edited copy of a photo."""
        return self._edited.get(file.path)

    def unmatched(self) -> Iterator[str]:
        """Yield the JSON files that no photo and no video has."""
        for key, paths in self._by_stem.items():
            if key not in self._matched:
                yield from paths

    def match_title(self, path: str, title: str) -> bool:
        """Give a JSON file to the photo whose name is its title. Return whether there is one."""
        for name in (name_with_number_of(title, stem_of(name_of(path))), title):
            if photo := self._photos_without_sidecar.pop(match_key(name), None):
                self._sidecars[photo] = path
                return True
        return False

    @cached_property
    def _photos_without_sidecar(self) -> dict[str, str]:
        """The paths of the photos without a JSON file, by their names."""
        return {
            match_key(file.name): file.path
            for file in self.photos
            if self._sidecars[file.path] is None
        }

    def _find(self, name: str) -> str | None:
        names = filter(None, (name, unedited_name(name)))
        for candidate in names:
            if key := self._key_of(candidate):
                self._matched.add(key)
                return self._by_stem[key][0]
        return None

    def _key_of(self, name: str) -> str | None:
        for stem in map(match_key, sidecar_stems(name)):
            if stem in self._by_stem:
                return stem
        return self._by_described.get(match_key(name))

    def _edited_photos(self) -> Iterator[tuple[str, str]]:
        """Yield the path of each original and that of its edited copy.

        The edited copy of a HEIC is a JPEG.
        """
        by_name = {match_key(file.name): file.path for file in self.photos}
        by_stem = {match_key(stem_of(file.name)): file.path for file in self.photos}
        for file in self.photos:
            name = unedited_name(file.name)
            if name is None:
                continue
            original = by_name.get(match_key(name)) or by_stem.get(match_key(stem_of(name)))
            if original:
                yield original, file.path
