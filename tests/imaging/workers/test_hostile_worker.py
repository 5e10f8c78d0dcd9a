"""An attacker whose code runs in place of a decoder reaches nothing but the photo it was sent."""

import json
import os
import pickle
import re
import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.imaging.pipeline import ImageLimits
from app.imaging.sandbox.self_test import Access, open_access
from app.imaging.workers.answer_fields import InvalidAnswer
from app.imaging.workers.answers import ProcessingFailed
from app.imaging.workers.pool import ImageWorkerPool
from app.imaging.workers.settings import WorkerLimits
from tests.imaging.workers import hostile_worker
from tests.imaging.workers.hostile_worker import SUCCESS
from tests.imaging.workers.processing import processed

LIMITS = WorkerLimits(memory=300 * 2**20, cpu_seconds=2, wall_seconds=60.0)
PASSWORD = "a password of the admin"


@pytest.fixture(scope="module")
def pool() -> Iterator[ImageWorkerPool]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ADMIN_PASSWORD", PASSWORD)
        patch.setenv("AWS_SECRET_ACCESS_KEY", PASSWORD)
        pool = ImageWorkerPool(ImageLimits(10_000_000), 1, LIMITS, hostile_worker.NAME)
        pool.start()
        yield pool
        pool.close()


@pytest.fixture(scope="module")
def still_open() -> Access:
    return open_access()


def require(access: Access, still_open: Access) -> None:
    if access in still_open:
        pytest.skip(f"this kernel cannot refuse: {access.name}")


def attack(pool: ImageWorkerPool, *request: object) -> str:
    """Return the text of the error in which an attack ends."""
    with pytest.raises(ProcessingFailed) as failed:
        processed(pool, json.dumps(request).encode())
    return str(failed.value)


def is_refused(pool: ImageWorkerPool, *request: object) -> bool:
    text = attack(pool, *request)
    assert SUCCESS not in text
    return "Error: " in text


def test_the_attacker_runs(pool: ImageWorkerPool) -> None:
    """Or the tests below could not fail."""
    assert SUCCESS in attack(pool, "open_descriptors")


def test_no_secret_is_in_the_environment(pool: ImageWorkerPool) -> None:
    assert PASSWORD in os.environ.values()
    text = attack(pool, "environment")
    assert SUCCESS in text
    assert PASSWORD not in text


def test_no_secret_is_in_the_memory(pool: ImageWorkerPool) -> None:
    """The memory of a worker is that of the fork server, which started as a new program."""
    assert pool._fork_server
    secret = PASSWORD.encode()
    assert any(secret in part for part in memory_of(os.getpid()))
    assert not any(secret in part for part in memory_of(pool._fork_server._process.pid))


def memory_of(pid: int) -> Iterator[bytes]:
    """Yield each part of the private memory that a process can write to."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            start, end = (int(number, 16) for number in line.split()[0].split("-"))
            if re.match(r"\S+ rw-p", line):
                memory.seek(start)
                yield memory.read(end - start)


@pytest.mark.parametrize("name", ["read_file", "write_file", "stat_file"])
def test_files_cannot_be_opened(
    pool: ImageWorkerPool, still_open: Access, tmp_path: Path, name: str
) -> None:
    """Neither other visitors' uploads nor the site's secret key."""
    require(Access.FILES, still_open)
    path = tmp_path / "secret_key"
    path.write_bytes(b"secret")
    assert is_refused(pool, name, str(path))
    assert path.read_bytes() == b"secret"


def test_folders_cannot_be_listed(
    pool: ImageWorkerPool, still_open: Access, tmp_path: Path
) -> None:
    require(Access.FILES, still_open)
    assert is_refused(pool, "list_folder", str(tmp_path))


@pytest.mark.parametrize("name", ["connect", "send_datagram"])
def test_the_network_is_out_of_reach(pool: ImageWorkerPool, still_open: Access, name: str) -> None:
    """Even on the loopback interface, so the instance's role is out of reach too."""
    require(Access.NETWORK, still_open)
    kind = socket.SOCK_STREAM if name == "connect" else socket.SOCK_DGRAM
    with closing(socket.socket(socket.AF_INET, kind)) as server:
        server.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            server.listen()
        assert is_refused(pool, name, server.getsockname()[1])


def test_sockets_of_other_programs_are_out_of_reach(
    pool: ImageWorkerPool, still_open: Access
) -> None:
    require(Access.NETWORK, still_open)
    name = f"shoebox-test-{os.getpid()}"
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(f"\0{name}")
        server.listen()
        assert is_refused(pool, "connect_to_unix_socket", name)


@pytest.mark.parametrize("file", ["environ", "mem", "maps"])
def test_the_memory_of_the_server_is_out_of_reach(
    pool: ImageWorkerPool, still_open: Access, file: str
) -> None:
    require(Access.PROCESSES, still_open)
    assert is_refused(pool, "read_file", f"/proc/{os.getpid()}/{file}")


@pytest.mark.parametrize("name", ["read_memory", "trace", "send_signal", "own_signals"])
def test_the_server_cannot_be_traced_or_signaled(
    pool: ImageWorkerPool, still_open: Access, name: str
) -> None:
    require(Access.PROCESSES, still_open)
    assert is_refused(pool, name, os.getpid())


@pytest.mark.parametrize("name", ["fork", "run_program", "raise_limits"])
def test_no_process_outlives_the_limits_of_the_photo(
    pool: ImageWorkerPool, still_open: Access, name: str
) -> None:
    require(Access.PROCESSES, still_open)
    assert is_refused(pool, name)


def test_only_the_files_of_the_photo_are_open(pool: ImageWorkerPool) -> None:
    """No socket of the server, no other upload, and no stream of the log."""
    text = attack(pool, "open_descriptors")
    descriptors = json.loads(text.partition(SUCCESS)[2])
    assert len(descriptors) == 6
    assert descriptors[:3] == [0, 1, 2]


def test_the_upload_cannot_be_changed(pool: ImageWorkerPool) -> None:
    assert is_refused(pool, "write_to_upload")


def test_lines_of_the_log_cannot_be_forged(pool: ImageWorkerPool) -> None:
    """Each line that comes from a worker is marked."""
    text = attack(pool, "an unknown attack\nERROR forged")
    lines = text.splitlines()[1:]
    assert all(line.startswith("| ") for line in lines)


class Executed:
    """An object whose pickle runs code when it is loaded."""

    def __reduce__(self) -> tuple[object, ...]:
        return (os.putenv, ("FORGED", "yes"))


@pytest.mark.parametrize(
    "forged",
    [
        b"",
        pickle.dumps(Executed()),
        struct.pack("!I", 2**32 - 1) + b"{}",
        struct.pack("!I", 60_000) + b"[" * 60_000,
        struct.pack("!I", 2) + b"[]",
        struct.pack("!I", 27) + b'{"image":{},"lengths":[99]}',
    ],
    ids=["empty", "pickle", "long header", "nested", "list", "lengths"],
)
def test_a_forged_answer_is_an_error(pool: ImageWorkerPool, forged: bytes) -> None:
    """The server makes no object of it; more forged fields are in test_forged_answers.py."""
    request = json.dumps(["forge_answer", forged.hex()])
    with pytest.raises(InvalidAnswer):
        processed(pool, request.encode())


def test_a_worker_cannot_fill_the_disk(pool: ImageWorkerPool) -> None:
    """It can write nothing after the size limit of its files, so its answer stays empty."""
    request = json.dumps(["forge_answer", "00", 100 * 10**9])
    with pytest.raises(InvalidAnswer, match="cut off"):
        processed(pool, request.encode())
