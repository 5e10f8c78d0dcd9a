"""Repair a stopped site, and let photos in the trash expire."""

from datetime import timedelta

from app.maintenance import IntegrityCheck, Repair
from tests.backends import Backend
from tests.maintenance.conftest import plain_service


def repair(backend: Backend, **options: bool) -> list[str]:
    """Repair with the site stopped and return the findings that remain."""
    steps = Repair(IntegrityCheck(backend, upload_grace=timedelta(0), sidecars=True), **options)
    return [problem for step in steps if (problem := step.run())]


def expire(backend: Backend, photo_id: str) -> None:
    """Delete a photo, and let its time in the trash have passed."""
    trashed = plain_service(backend).delete(photo_id)
    backend.catalog.update(trashed, trashed.next_version(expires_at=1_000_000_000))
