"""Typed access to the configuration and the services of the current app."""

from dataclasses import dataclass

from flask import Flask, current_app

from app.config import Config
from app.services.photo_service import PhotoService
from app.services.ports import SessionRevocations
from app.services.quotas import Quotas
from app.web.middleware.rate_limits import RateLimits

_KEY = "shoebox"


@dataclass(frozen=True, slots=True)
class AppContext:
    """What views need of one app."""

    config: Config
    photo_service: PhotoService
    session_revocations: SessionRevocations
    quotas: Quotas
    rate_limits: RateLimits


def init_app(app: Flask, context: AppContext) -> None:
    """Store the context in the app."""
    app.extensions[_KEY] = context


def app_context() -> AppContext:
    """Return the context of the current app."""
    context: AppContext = current_app.extensions[_KEY]
    return context


def photo_service() -> PhotoService:
    """Return the photo service of the current app."""
    return app_context().photo_service
