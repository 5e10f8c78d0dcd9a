"""Replay every attack while a second client measures the site: `make test-abuse`.

The site is the one that `make run` starts, with the local backend in a temporary folder.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.abuse.attacks import connections, forms
from tests.abuse.attacks.prober import Measurement, measuring
from tests.server.site import RunningSite

MAX_SECONDS = 1.0
ATTACKS: tuple[Callable[[str], None], ...] = (
    forms.long_texts,
    forms.costly_files,
    forms.large_forms,
    forms.abandoned_forms,
    forms.large_bodies,
    connections.silent_connections,
    connections.half_sent_headers,
    connections.slow_bodies,
    connections.unread_responses,
)


def main() -> None:
    """Run all attacks, or those that the arguments name, and exit with 1 if one succeeds."""
    chosen = [attack for attack in ATTACKS if attack.__name__ in sys.argv[1:] or not sys.argv[1:]]
    print(f"{'attack':24}{'requests':>9}{'/healthz s':>12}{'/ s':>8}  failures")
    succeeded = [attack.__name__ for attack in chosen if not _withstands(attack)]
    if succeeded:
        sys.exit(f"over {MAX_SECONDS} s or not answered during: {', '.join(succeeded)}")


def _withstands(attack: Callable[[str], None]) -> bool:
    with (
        TemporaryDirectory(prefix="shoebox-attack-") as folder,
        RunningSite(Path(folder)) as site,
        measuring(site.url) as measurement,
    ):
        attack(site.url)
    _print(attack.__name__, measurement)
    return not measurement.failures and max(measurement.longest.values()) <= MAX_SECONDS


def _print(name: str, measurement: Measurement) -> None:
    health, page = measurement.longest.values()
    failures = len(measurement.failures)
    print(f"{name:24}{measurement.requests:>9}{health:>12.2f}{page:>8.2f}  {failures}", flush=True)


if __name__ == "__main__":
    main()
