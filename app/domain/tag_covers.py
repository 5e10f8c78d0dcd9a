"""Choose the photo that represents each tag."""

from collections.abc import Mapping, Sequence

# The newest photos of a tag to choose from. Photos that were uploaded together often have the same
# tags, which would otherwise have the same cover.
CANDIDATES = 4


def choose_covers(newest: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the photo id of each tag's cover.

    Tags have different covers where that is possible, and otherwise their newest photos.

    Args:
        newest: The newest photos of each tag, newest first. The last tags, which usually have the
            fewest photos, choose first.
    """
    chosen: dict[str, str] = {}
    for tag, photo_ids in reversed(list(newest.items())):
        if photo_ids:
            taken = chosen.values()
            free = (photo_id for photo_id in photo_ids if photo_id not in taken)
            chosen[tag] = next(free, photo_ids[0])
    return chosen
