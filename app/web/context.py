"""What every view needs: the one typed way to it."""

from dataclasses import dataclass

from flask import Flask, current_app

from app.config import Config
from app.services.photo_service import PhotoLibrary
from app.services.quotas import Quotas
from app.web.middleware.rate_limits import Rates

_KEY = "shoebox"


@dataclass(frozen=True, slots=True)
class Site:
    """One app's parts, made by the factory."""

    config: Config
    library: PhotoLibrary
    rates: Rates
    quotas: Quotas


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
