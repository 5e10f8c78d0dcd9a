"""Compare random histories of a site with a model, on both backends."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from app.maintenance import IntegrityCheck
from tests.services.histories.photo_history import History


class WholeHistory(History):
    """A history that ends with an integrity check."""

    def teardown(self) -> None:
        # The check knows the time of this computer alone.
        self.change_link(opens=True)
        try:
            assert (
                list(IntegrityCheck(self.backend, upload_grace=timedelta(0), sidecars=True)) == []
            )
        finally:
            super().teardown()


@pytest.mark.exhaustive("histories")
@pytest.mark.parametrize(("backend", "examples"), [("local", 30), ("aws", 8)])
def test_any_history_agrees_with_the_model(
    backend: str, examples: int, *, exhaustive: bool
) -> None:
    """After any history every page agrees with the model, and `check` finds nothing.

    A sampled run tries a quarter of the histories, half as long.
    """
    if not exhaustive:
        examples //= 4
    machine = type("OneBackend", (WholeHistory,), {"backend_name": backend})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25 if exhaustive else 12,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
