"""The findings of a check."""

from app.maintenance import IntegrityCheck
from tests.backends import Backend


def found(backend: Backend, **options: object) -> set[tuple[str, str]]:
    """Return the kind and the detail of each finding of a check with these options."""
    check = IntegrityCheck(backend, **options)  # type: ignore[arg-type]
    return {(finding.kind, finding.detail) for finding in check}
