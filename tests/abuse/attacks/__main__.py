"""Replay every attack while a second client measures the site: `make test-abuse`."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.abuse.attacks import bodies, connections, forms, pages, recycling
from tests.abuse.attacks.prober import Measurement, measuring
from tests.abuse.attacks.sites import (
    GUNICORN_ALONE,
    MAKE_RUN,
    NGINX,
    NGINX_WITH_PASSWORD,
    Site,
    SiteKind,
    copy_catalog,
    create_catalog,
)
from tests.https import instance

MAX_SECONDS = 1.0
_SECONDS_AFTER = 2.0  # the work that an attack leaves behind must not stop the site either


@dataclass(frozen=True, slots=True)
class Attack:
    """An attack on a new site of a kind.

    `attack` raises AssertionError if it harms the site in another way than by a delay.
    """

    kind: SiteKind
    attack: Callable[[Site], None]

    @property
    def name(self) -> str:
        return self.attack.__name__


ATTACKS = (
    Attack(MAKE_RUN, forms.long_texts),
    Attack(MAKE_RUN, forms.costly_files),
    Attack(MAKE_RUN, forms.large_forms),
    Attack(MAKE_RUN, forms.abandoned_forms),
    Attack(MAKE_RUN, forms.large_bodies),
    Attack(MAKE_RUN, connections.silent_connections),
    Attack(MAKE_RUN, connections.half_sent_headers),
    Attack(MAKE_RUN, connections.slow_bodies),
    Attack(MAKE_RUN, connections.unread_responses),
    Attack(NGINX, connections.silent_connections),
    Attack(NGINX, connections.half_sent_headers),
    Attack(NGINX, connections.slow_bodies),
    Attack(NGINX_WITH_PASSWORD, bodies.refused_bodies),
    Attack(NGINX, pages.flood_of_listings),
    Attack(GUNICORN_ALONE, recycling.long_forms),
    Attack(MAKE_RUN, pages.pages_of_tags),
)


def main() -> None:
    """Run all attacks, or those that the arguments name, and exit with 1 if one succeeds."""
    chosen = _choose(sys.argv[1:])
    print(f"{'site':17}{'attack':20}{'requests':>9}{'/healthz s':>12}{'/ s':>7}  failures")
    with TemporaryDirectory(prefix="shoebox-catalog-") as catalog:
        create_catalog(Path(catalog))
        succeeded = [attack for attack in chosen if not _withstands(attack, Path(catalog))]
    if succeeded:
        names = ", ".join(f"{attack.name} ({attack.kind.name})" for attack in succeeded)
        sys.exit(f"The site did not withstand {names}: over {MAX_SECONDS} s, or failures")


def _choose(names: list[str]) -> list[Attack]:
    chosen = [attack for attack in ATTACKS if attack.name in names or not names]
    if not chosen:
        sys.exit(f"The attacks are {', '.join(sorted({attack.name for attack in ATTACKS}))}")
    if instance.NGINX is None and any(attack.kind.needs_nginx for attack in chosen):
        sys.exit("nginx is missing, which some attacks need: apt-get install nginx")
    return chosen


def _withstands(attack: Attack, catalog: Path) -> bool:
    with TemporaryDirectory(prefix="shoebox-attack-") as folder:
        copy_catalog(catalog, Path(folder))
        measurement = _measure(attack, Path(folder))
    _print(attack, measurement)
    return not measurement.failures and max(measurement.longest.values()) <= MAX_SECONDS


def _measure(attack: Attack, folder: Path) -> Measurement:
    harm = []
    with attack.kind.running(folder) as site, measuring(site.url) as measurement:
        try:
            attack.attack(site)
        except AssertionError as error:
            harm.append(str(error))
        time.sleep(_SECONDS_AFTER)
    measurement.failures.extend(harm)
    return measurement


def _print(attack: Attack, measurement: Measurement) -> None:
    health, page = measurement.longest.values()
    figures = f"{measurement.requests:>9}{health:>12.2f}{page:>7.2f}"
    failures = len(measurement.failures)
    print(f"{attack.kind.name:17}{attack.name:20}{figures}  {failures}", flush=True)
    for failure in sorted(set(measurement.failures)):
        print(f"    {failure}")


if __name__ == "__main__":
    main()
