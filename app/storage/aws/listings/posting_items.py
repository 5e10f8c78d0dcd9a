"""Convert between the words of a photo and the items of the postings table.

A posting says which words with the same first three letters a public photo has:

    {"b": "har", "i": …}                       har
    {"b": "har", "i": …, "w": "bor"}           harbor
    {"b": "har", "i": …, "w": " bor bour "}    harbor and harbour
    {"b": "har", "i": …, "w": "  bor "}        har and harbor

`b` is the beginning, `i` the photo id in 16 bytes, and `w` the suffixes of the words, which are the
letters after the beginning: one suffix as it is, or several with a space before and after each.
DynamoDB counts the names of the attributes in the size of each item, and a read unit is 8 KB of
items. So the names have one letter, and no letter of a word is stored twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from app.domain import object_keys, photo_ids
from app.domain.listings.entries import EntryKey
from app.domain.photo import Photo
from app.domain.search_terms import beginning_of, is_prefix
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_partitions import SEPARATOR
from app.storage.aws.listings.postings import Alternatives, PostingRead

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.literals import ScalarAttributeTypeType

_BEGINNING, _PHOTO_ID, _SUFFIXES = "b", "i", "w"
KEYS: "Mapping[str, ScalarAttributeTypeType]" = {_BEGINNING: "S", _PHOTO_ID: "B"}
_SPACE = " "  # in no word

_TERM = object_keys.term_listing("")


def is_posting(listing: str) -> bool:
    """Return whether the listing is that of a search term."""
    return listing.startswith(_TERM)


def is_prefix_listing(listing: str) -> bool:
    """Return whether the listing is that of a beginning of words, which has no entries here."""
    return is_posting(listing) and is_prefix(listing)


def words_of(photo: Photo | None) -> Mapping[str, frozenset[str]]:
    """Return the words of each posting of a photo, by their beginning."""
    words: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
    for listing in photo.listings if photo else ():
        if is_posting(listing) and not is_prefix_listing(listing):
            word = listing.removeprefix(_TERM)
            words[beginning_of(word)] |= {word}
    return words


def key_of(beginning: str, photo_id: str) -> items.Item:
    """Return the key of a posting."""
    return {_BEGINNING: beginning, _PHOTO_ID: photo_ids.to_bytes(photo_id)}


def photo_id_of(item: Mapping[str, Any]) -> str:
    """Return the photo of a posting, or of its key."""
    return photo_ids.from_bytes(bytes(item[_PHOTO_ID]))


def write(table: str, beginning: str, photo_id: str, photo: Photo | None) -> items.Write:
    """Return a write that corrects one posting of a photo."""
    words = words_of(photo).get(beginning)
    if words is None:
        return items.delete(table, key_of(beginning, photo_id))
    return items.put(table, _item(beginning, photo_id, words))


def writes(table: str, photo: Photo | None, keys: Iterable[EntryKey]) -> list[items.Write]:
    """Return the writes that correct the postings with these entries of a photo."""
    places = {place_of(key): None for key in keys}  # a transaction has one write for each item
    return [write(table, *place, photo) for place in places]


def place_of(key: EntryKey) -> tuple[str, str]:
    """Return the beginning and the photo of the posting that has an entry."""
    term, is_misplaced, _ = key.listing.removeprefix(_TERM).partition(SEPARATOR)
    return (term if is_misplaced else beginning_of(term)), key.photo_id


def entries_in(item: items.Item) -> Iterator[EntryKey]:
    """Yield the key of an entry for each word of a posting.

    A posting that is stored in another way, or under a beginning that its words do not have, is an
    entry in a listing of no photo.
    """
    beginning, photo_id = item[_BEGINNING], photo_id_of(item)
    words = frozenset(beginning + suffix for suffix in _suffixes_in(item))
    is_right = _item(beginning, photo_id, words) == item
    if is_right and all(beginning_of(word) == beginning for word in words):
        for word in sorted(words):
            yield EntryKey(object_keys.term_listing(word), photo_id)
    else:
        yield EntryKey(f"{object_keys.term_listing(beginning)}{SEPARATOR}0", photo_id)


def query_of(read: PostingRead, *, forward: bool) -> dict[str, Any]:
    """Return the arguments of a Query for the photos that have a term."""
    photo_id, packed = Key(_PHOTO_ID), photo_ids.to_bytes(read.position)
    beyond = photo_id.gt(packed) if forward else photo_id.lt(packed)
    return {
        "KeyConditionExpression": Key(_BEGINNING).eq(beginning_of(read.term[0])) & beyond,
        "ScanIndexForward": forward,
        # It halves the time of the answer. The other attributes count as units nevertheless.
        "ProjectionExpression": _PHOTO_ID,
        **_filter_of(read.term),
    }


def _filter_of(term: Alternatives) -> dict[str, ConditionBase]:
    """Return the argument that leaves out postings without a term, if there may be any."""
    beginning = beginning_of(term[0])
    suffix, suffixes = term[0].removeprefix(beginning), Attr(_SUFFIXES)
    if any(map(is_prefix, term)):
        has_prefix = suffixes.begins_with(suffix) | suffixes.contains(f"{_SPACE}{suffix}")
        return {"FilterExpression": has_prefix} if suffix else {}
    is_only_word = suffixes.eq(suffix) if suffix else suffixes.not_exists()
    has_word = is_only_word | suffixes.contains(f"{_SPACE}{suffix}{_SPACE}")
    return {"FilterExpression": has_word}


def _item(beginning: str, photo_id: str, words: Iterable[str]) -> items.Item:
    suffixes = sorted(word.removeprefix(beginning) for word in words)
    item = key_of(beginning, photo_id)
    if len(suffixes) > 1:
        item[_SUFFIXES] = f"{_SPACE}{_SPACE.join(suffixes)}{_SPACE}"
    elif suffixes[0]:
        item[_SUFFIXES] = suffixes[0]
    return item


def _suffixes_in(item: items.Item) -> list[str]:
    suffixes = str(item.get(_SUFFIXES, ""))
    return suffixes[1:-1].split(_SPACE) if suffixes.startswith(_SPACE) else [suffixes]
