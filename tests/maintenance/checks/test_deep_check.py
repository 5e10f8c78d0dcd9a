"""A deep check reads every object.

Covers app.maintenance.integrity_check, app.maintenance.decode_check.
"""

import zlib

from flask import Flask

from tests.backends import Backend
from tests.cli.test_cli import run
from tests.maintenance.conftest import add
from tests.sample_images import avif, jpeg


def test_a_deep_check_reads_every_object(app: Flask, backend: Backend) -> None:
    """Objects that do not decode are reported; an original with its checksum is intact."""
    photo = add(backend)
    *whole, damaged, _original = photo.object_keys
    for key in whole:
        backend.objects.put(key, jpeg(320, 240))
    backend.objects.put(damaged, avif(320, 240)[:-900])
    assert run(app, "check").exit_code == 0
    checked = run(app, "check", "--deep")
    assert checked.output == f"damaged object: {damaged}\n1 findings.\n"
    assert checked.exit_code == 1


def test_a_deep_check_finds_every_changed_bit_of_an_original(app: Flask, backend: Backend) -> None:
    """It still decodes, and has its length. Without a checksum in the record it passes."""
    photo = add(backend)
    whole = jpeg(320, 240)
    for key in photo.object_keys[:-1]:
        backend.objects.put(key, whole)
    original = photo.object_keys[-1]
    changed = whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:]
    recorded = photo.next_version(bytes=len(whole), crc32=zlib.crc32(whole))
    backend.catalog.update(photo, recorded)
    for body, findings in ((whole, []), (changed, [f"damaged object: {original}"])):
        backend.objects.put(original, body)
        assert run(app, "check", "--deep").output.splitlines()[:-1] == findings
    backend.catalog.update(recorded, recorded.next_version(crc32=None))
    assert "damaged" not in run(app, "check", "--deep", "--stopped").output
