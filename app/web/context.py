"""What every view needs: the one typed way to it."""

from dataclasses import dataclass

from flask import Flask, current_app

from app.config import Config
from app.services.photo_service import PhotoService
from app.services.quotas import Quotas
from app.web.middleware.rate_limits import RateLimits

_KEY = "shoebox"


@dataclass(frozen=True, slots=True)
class AppContext:
    """One app's parts, made by the factory."""

    config: Config
    photo_service: PhotoService
    rates: RateLimits
    quotas: Quotas


def init_app(app: Flask, site: AppContext) -> None:
    """Keep `site` with the app."""
    app.extensions[_KEY] = site


def app_context() -> AppContext:
    """The parts of the app that serves this request."""
    found: AppContext = current_app.extensions[_KEY]
    return found


def photo_service() -> PhotoService:
    """The use cases."""
    return app_context().photo_service
