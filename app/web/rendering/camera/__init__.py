"""Texts about the camera that took a photo: its name, and the exposure."""

from flask import Flask

from app.web.rendering.camera.exposure import exposure_facts
from app.web.rendering.camera.names import camera_name


def init_app(app: Flask) -> None:
    """Add the filters to templates."""
    app.jinja_env.filters.update(camera_name=camera_name, exposure_facts=exposure_facts)
