"""A process of its own that publishes: `python -m tests.storage.local.writer FILE HOW_MANY`.

It says "ready", waits for a line, and then says each photo's id once that is published.
"""

import sys
from pathlib import Path

from app.storage.local.sqlite import SqliteCatalog
from tests.sample_photos import make_photo


def main() -> None:
    """Publish as many photos of one tag as asked."""
    path, how_many = Path(sys.argv[1]), int(sys.argv[2])
    print("ready", flush=True)
    sys.stdin.readline()
    catalog = SqliteCatalog(path)
    for _ in range(how_many):
        photo = make_photo(tags=("sea",))
        catalog.publish(photo)
        print(photo.photo_id, flush=True)


if __name__ == "__main__":
    main()
