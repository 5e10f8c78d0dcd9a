"""What every view needs: the one typed way to it."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app

from app.config import Config
from app.library import PhotoLibrary

_KEY = "shoebox"


@dataclass(frozen=True, slots=True)
class Site:
    """One app's parts, made by the factory."""

    config: Config
    library: PhotoLibrary
    count_login: Callable[[], None]  # raises RateLimitExceeded when an address tries too many passwords


def install(app: Flask, site: Site) -> None:
    """Keep `site` with the app."""
    app.extensions[_KEY] = site


def site() -> Site:
    """The parts of the app that serves this request."""
    found: Site = current_app.extensions[_KEY]
    return found


def library() -> PhotoLibrary:
    """The use cases."""
    return site().library
