"""The ways in which browsers read the photos of an object store."""

from enum import StrEnum


class MediaReads(StrEnum):
    """Who sends the photos of a bucket to browsers."""

    PUBLIC = "public"  # the bucket or a CDN, to everyone: a policy makes `photos/*` public
    PRESIGNED = "presigned"  # the private bucket, by URLs that the app signs
    APP = "app"  # the app, from the private bucket
