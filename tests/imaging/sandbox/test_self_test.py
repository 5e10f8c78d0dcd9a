"""The self-test lists the operations that the sandbox does not refuse."""

import platform
import sys
from pathlib import Path

import pytest

from app.imaging import sandbox
from app.imaging.sandbox import landlock, libc, seccomp, self_test
from app.imaging.sandbox.self_test import Access
from app.imaging.sandbox.system_calls import ARCHITECTURES

ALL = Access.FILES | Access.NETWORK | Access.PROCESSES


def kernel_status() -> str:
    status = Path("/proc/self/status")
    return status.read_text() if status.exists() else ""


def refuse() -> None:
    raise OSError


@pytest.mark.skipif(
    platform.machine() not in ARCHITECTURES or "Seccomp:" not in kernel_status(),
    reason="this kernel has no seccomp filter of ours",
)
def test_a_kernel_with_seccomp_refuses_everything() -> None:
    """The tests of hostile workers skip the operations that are open, so this must not."""
    assert self_test.open_access() == Access.NONE


def test_without_protections_everything_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that refuses every protection still runs the site, and the log says so."""
    monkeypatch.setattr(sandbox, "_PROTECTIONS", (refuse, refuse))
    assert self_test.open_access() == ALL


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
def test_one_protection_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel without Landlock, such as that of a container, leaves nothing open."""
    protections = (libc.forbid_debugging, refuse, seccomp.allow_decoding_only)
    monkeypatch.setattr(sandbox, "_PROTECTIONS", protections)
    assert self_test.open_access() == Access.NONE


def test_without_seccomp_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """UDP and new processes stay open: Landlock cannot refuse them."""
    try:
        libc.system_call(444, 0, 0, 1)
    except OSError:
        pytest.skip("this kernel has no Landlock")
    monkeypatch.setattr(
        sandbox, "_PROTECTIONS", (libc.forbid_debugging, landlock.deny_access, refuse)
    )
    assert self_test.open_access() == Access.NETWORK | Access.PROCESSES


def test_a_self_test_that_crashes_says_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def crash() -> None:
        raise SystemError

    monkeypatch.setattr(sandbox, "enter", crash)
    assert self_test.open_access() == ALL


def test_elsewhere_than_on_linux_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert self_test.open_access() == ALL
