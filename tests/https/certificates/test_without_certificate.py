"""Without a certificate, deploy/https leaves the site on HTTP."""

import pytest

from tests.https.certificates.domain import (
    DOMAIN,
    NEEDS_PROGRAMS,
    authority,
    certify,
    noted,
    on_https,
    plain,
)
from tests.https.instance import Instance

pytestmark = [pytest.mark.exhaustive("certificates", every=8), NEEDS_PROGRAMS]


def test_site_stays_on_http_without_the_authority(instance: Instance) -> None:
    with authority(instance) as running:
        pass
    said = certify(instance, running)
    assert said.startswith(
        f"1 shoebox: no certificate for {DOMAIN} yet, so the site stays on HTTP.\n"
    )
    assert "Connection refused" in said
    assert "The next attempt is within the hour" in said
    assert plain(instance).status == 200
    assert noted(instance).lacks_certificate


def test_domain_that_points_elsewhere_stays_on_http(
    instance: Instance,
) -> None:
    with authority(instance, resolves_to="127.0.0.9") as running:
        said = certify(instance, running)
        assert said.startswith(f"1 shoebox: no certificate for {DOMAIN} yet")
        assert "127.0.0.9" in said
        assert plain(instance).status == 200
    with authority(instance) as running:
        assert certify(instance, running).startswith("0 shoebox: https://")
        on_https(instance)


def test_site_returns_to_http_without_a_domain(instance: Instance) -> None:
    with authority(instance) as running:
        certify(instance, running)
    instance.settings()
    instance.configure()
    assert "443" not in instance.site()
    assert instance.certificate(DOMAIN).exists()
    machine = noted(instance)
    assert (machine.certificate_ends, machine.lacks_certificate) == (None, False)


def test_invalid_certificate_leaves_the_site_on_http(instance: Instance) -> None:
    instance.settings(DOMAIN=DOMAIN)
    instance.certificate(DOMAIN).parent.mkdir(parents=True)
    instance.certificate(DOMAIN).write_text("not a certificate")
    assert f"nginx rejects the certificate of {DOMAIN}" in instance.configure()
    assert "443" not in instance.site()
    machine = noted(instance)
    assert (machine.certificate_ends, machine.lacks_certificate) == (None, True)
