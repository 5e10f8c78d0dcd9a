"""Check whether the scans of a JPEG contain all of its coefficients (ITU-T T.81 Annex G)."""

from collections.abc import Iterator, Sequence

from app.imaging.metadata.jpeg_segments import (
    PROGRESSIVE_SOF,
    SOF,
    SOF_COMPONENT,
    SOF_FIELDS,
    SOS,
    SOS_COMPONENT,
    Segment,
)

_COEFFICIENTS = range(64)  # of one component
_SCAN_COMPONENTS = 1  # the offset of the components in the payload of SOS (B.2.3)


def has_all_scans(segments: Sequence[Segment]) -> bool:
    """Return whether every bit of every coefficient is in a scan.

    A file that was cut off between two scans lacks a component, or the last bits of coefficients.
    """
    (frame_header,) = (segment for segment in segments if segment.marker in SOF)
    missing = {
        (component, coefficient)
        for component in frame_header.payload[SOF_FIELDS::SOF_COMPONENT]
        for coefficient in _COEFFICIENTS
    }
    for segment in segments:
        if segment.marker == SOS:
            missing.difference_update(_find_completed(segment.payload, frame_header.marker))
    return not missing


def _find_completed(payload: bytes, frame_marker: int) -> Iterator[tuple[int, int]]:
    """Yield the component and the coefficient of each value that a scan codes to its last bit."""
    component_end = _SCAN_COMPONENTS + SOS_COMPONENT * payload[0]
    components = payload[_SCAN_COMPONENTS:component_end:SOS_COMPONENT]
    coefficients = _COEFFICIENTS
    if frame_marker in PROGRESSIVE_SOF:
        # Ss, Se, and Ah and Al in one byte
        first, last, bits = payload[component_end : component_end + 3]
        lowest_bit = bits & 15  # Al
        coefficients = range(0) if lowest_bit else range(first, last + 1)
    for component in components:
        for coefficient in coefficients:
            yield component, coefficient
