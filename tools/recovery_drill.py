"""`make drills`: lose the instance, the tables and the bucket, bring each back by the commands, and time it.

On a folder, and on a pretend AWS in a process of its own. What is brought back is compared with what was lost, byte by
byte; a drill that brings back less ends with an error.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.upload import PhotoText
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import Backend
from tests.faults.server import backend_named
from tests.faults.test_kills import pretend_aws
from tests.maintenance.conftest import contents, plain_service
from tests.sample_images import jpeg

PHOTOS = 50
BUCKET = "shoebox-drill"


@dataclass
class Drill:
    """A collection on one home, and its operator's terminal."""

    folder: Path
    endpoint: str | None
    seconds: float = field(default=0.0)

    @property
    def settings(self) -> dict[str, str]:
        """What the commands are told."""
        if self.endpoint is None:
            return {"PHOTO_DIR": str(self.folder / BUCKET)}
        names = {"PHOTO_BUCKET": BUCKET, "PHOTO_TABLE": BUCKET, "AWS_REGION": "us-east-1"}
        return names | {
            "AWS_ENDPOINT_URL": self.endpoint,
            "SECRET_KEY": "a secret for drills alone",
        }

    def backend(self) -> Backend:
        """The home as it is now."""
        return backend_named(BUCKET, self.folder, self.endpoint)

    def shoebox(self, *command: str) -> None:
        """Run a command as the operator does, and show it."""
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *command],
            env=os.environ | self.settings,
            capture_output=True,
            text=True,
            check=False,
        )
        took = time.perf_counter() - began
        self.seconds += took
        print(f"$ shoebox {' '.join(command).replace(str(self.folder), '')}    # {took:.1f} s")
        print("".join(f"  {line}\n" for line in (done.stdout + done.stderr).splitlines()), end="")
        assert done.returncode == 0, "the drill failed"

    def provision(self) -> None:
        """What only AWS needs."""
        if self.endpoint:
            self.shoebox("provision")

    def everything(self) -> tuple[object, ...]:
        """All that there is, to be compared."""
        backend = self.backend()
        found = contents(backend)
        if isinstance(backend.catalog, SqliteCatalog):
            backend.catalog.close()
        return found

    def fill(self) -> None:
        """A month of uploads, edits and deletions."""
        plain = self.folder / "plain"
        plain.mkdir()
        for number in range(PHOTOS):
            (plain / f"photo {number}.jpg").write_bytes(jpeg(640, 480))
        self.provision()
        self.shoebox("import", str(plain))
        backend = self.backend()
        service = plain_service(backend)
        ids = [photo.photo_id for photo in backend.catalog.photos()]
        for photo_id in ids[::3]:
            service.update(photo_id, 1, PhotoText(title="Edited", tags="sea, dusk"))
        for photo_id in ids[::5]:
            service.delete(photo_id)
        for photo_id in ids[::10]:
            service.restore(photo_id)
        if isinstance(backend.catalog, SqliteCatalog):
            backend.catalog.close()

    def lose_catalog(self) -> None:
        """Delete both tables, or the SQLite file."""
        clients = self.backend().clients
        if clients is None:
            for path in (self.folder / BUCKET).glob("catalog.sqlite3*"):
                path.unlink()
            return
        for table in (BUCKET, f"{BUCKET}-listings"):
            clients.dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
            clients.dynamodb.delete_table(TableName=table)

    def lose_everything(self) -> None:
        """Delete the bucket and the tables, or the folder."""
        clients = self.backend().clients
        if clients is None:
            shutil.rmtree(self.folder / BUCKET)
            return
        objects = self.backend().objects
        objects.delete([stored.key for stored in list(objects.list(""))])
        for version in clients.s3.list_object_versions(Bucket=BUCKET).get("Versions", []):
            clients.s3.delete_object(
                Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"]
            )
        for marker in clients.s3.list_object_versions(Bucket=BUCKET).get("DeleteMarkers", []):
            clients.s3.delete_object(
                Bucket=BUCKET, Key=marker["Key"], VersionId=marker["VersionId"]
            )
        clients.s3.delete_bucket(Bucket=BUCKET)
        self.lose_catalog()


def drill(name: str, it: Drill, before: tuple[object, ...]) -> None:
    """Say how it ended."""
    assert it.everything() == before, f"{name}: something did not come back"
    print(f"All of it is back, byte by byte. {name}: {it.seconds:.1f} s.\n")


def run(where: str, endpoint: AbstractContextManager[str | None]) -> None:
    """All three drills on one home."""
    with endpoint as url, tempfile.TemporaryDirectory() as folder:
        it = Drill(Path(folder), url)
        print(f"## {where}: {PHOTOS} photos, some of them edited, deleted and restored\n")
        it.fill()
        before = it.everything()
        print("\nThe instance is lost:")
        if url is None:
            shutil.copytree(it.folder / BUCKET, it.folder / "backup")
            shutil.rmtree(it.folder / BUCKET)
            shutil.copytree(it.folder / "backup", it.folder / BUCKET)
        it.seconds = 0
        it.provision()
        it.shoebox("check", "--records", "--stopped")
        drill("The instance", it, before)

        print("The catalog is lost:")
        it.lose_catalog()
        it.seconds = 0
        it.provision()
        it.shoebox("rebuild")
        it.shoebox("rebuild", "--apply")
        it.shoebox("check", "--records", "--stopped")
        drill("The catalog", it, before)

        print("Everything is lost, an export is at hand:")
        it.shoebox("export", str(it.folder / "export"))
        it.lose_everything()
        it.seconds = 0
        it.provision()
        it.shoebox("import", str(it.folder / "export"))
        it.shoebox("check", "--records", "--stopped")
        drill("Everything", it, before)


if __name__ == "__main__":
    run("On a folder", nullcontext())
    run("On a pretend AWS (moto)", pretend_aws())
