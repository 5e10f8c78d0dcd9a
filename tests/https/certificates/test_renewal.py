"""deploy/https renews certificates without downtime."""

import ssl
import threading
from http.client import HTTPSConnection

import pytest

from tests.https.authority import Authority
from tests.https.certificates.domain import (
    DOMAIN,
    NEEDS_PROGRAMS,
    authority,
    certify,
    on_https,
    plain,
    secure,
    served,
    trusting_anyone,
)
from tests.https.instance import Instance, eventually

pytestmark = [pytest.mark.exhaustive("certificates", every=8), NEEDS_PROGRAMS]


def test_certificate_is_kept_until_renewal_is_due(instance: Instance) -> None:
    with authority(instance) as running:
        certify(instance, running)
        kept, reloads = instance.certificate(DOMAIN).read_bytes(), instance.reloads()
        assert certify(instance, running) == "0 "
        assert instance.certificate(DOMAIN).read_bytes() == kept
        assert instance.reloads() == reloads == 1


def test_due_certificate_is_renewed_without_downtime(instance: Instance) -> None:
    with authority(instance, seconds=2) as running:
        certify(instance, running)
        on_https(instance)
        old, answers, over = served(instance), [], threading.Event()

        def visit() -> None:
            while not over.is_set():
                connection = HTTPSConnection(
                    "127.0.0.1", instance.https, context=trusting_anyone(), timeout=20
                )
                connection.request("GET", "/healthz", headers={"Host": DOMAIN})
                answers.append(connection.getresponse().status)
                connection.close()

        visitor = threading.Thread(target=visit)
        visitor.start()
        assert certify(instance, running).startswith("0 shoebox: https://")
        eventually(lambda: served(instance) != old)
        over.set()
        visitor.join()
        assert set(answers) == {200}


def test_failed_renewal_keeps_the_certificate(instance: Instance) -> None:
    with authority(instance, seconds=2) as running:
        certify(instance, running)
        on_https(instance)
        old = served(instance)
    said = certify(instance, running)
    assert said.startswith(
        f"1 shoebox: the certificate of {DOMAIN} was not renewed; it is valid for 0 more days.\n"
    )
    assert served(instance) == old
    assert plain(instance).status == 308


def test_changed_authority_gets_a_new_certificate(instance: Instance) -> None:
    with authority(instance) as trial:
        certify(instance, trial)
        on_https(instance)
    with authority(instance) as running:
        assert certify(instance, running).startswith("0 shoebox: https://")
        eventually(lambda: secure_or_none(instance, running) == 200)


def secure_or_none(instance: Instance, running: Authority) -> int | None:
    try:
        return secure(instance, running)[0].status
    except ssl.SSLError:
        return None
