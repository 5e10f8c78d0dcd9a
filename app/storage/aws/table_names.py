"""The names of the DynamoDB tables."""

from typing import NamedTuple


class TableNames(NamedTuple):
    """The tables of a catalog.

    Attributes:
        photos: The records.
        listings: The listings, idempotency keys, counters, revoked sessions, and more.
        postings: The search index. Its items are small, so it has a table of its own: keys of one
            letter.
    """

    photos: str
    listings: str
    postings: str

    @classmethod
    def of(cls, photos: str) -> "TableNames":
        """Return the tables whose names begin with that of the photos table."""
        return cls(photos, f"{photos}-listings", f"{photos}-postings")
