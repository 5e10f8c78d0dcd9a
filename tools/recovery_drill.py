"""`make recovery-drill`: lose the instance, the tables and the bucket, and time each recovery.

The drills run on a folder and on an AWS emulator in another process. They compare the recovered
data with the lost data byte by byte and fail if anything is missing.
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
from app.storage.aws.client_factory import Endpoints, create_clients
from app.storage.aws.s3 import S3Store
from app.storage.aws.table_names import TableNames
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import BUCKET, REGION, TABLE, Backend, aws_backend_of, local_backend
from tests.faults.killed.site import Moto, running_moto
from tests.maintenance.conftest import contents as contents_of
from tests.maintenance.conftest import plain_service
from tests.sample_images import jpeg

PHOTOS = 50


@dataclass
class Drill:
    """A collection on one backend, and its operator commands."""

    folder: Path
    endpoint: str | None
    seconds: float = field(default=0.0)

    @property
    def settings(self) -> dict[str, str]:
        """Return the environment of the commands."""
        if self.endpoint is None:
            return {"PHOTO_DIR": str(self.folder / BUCKET)}
        names = {"PHOTO_BUCKET": BUCKET, "PHOTO_TABLE": TABLE, "AWS_REGION": REGION}
        return names | {
            "AWS_ENDPOINT_URL": self.endpoint,
            "SECRET_KEY": "a secret for drills alone",
        }

    def backend(self) -> Backend:
        """Open the backend."""
        if self.endpoint is None:
            return local_backend(self.folder / BUCKET)
        clients = create_clients(REGION, Endpoints(self.endpoint, self.endpoint))
        return aws_backend_of(S3Store(clients.s3, BUCKET, self.endpoint), clients)

    def shoebox(self, *command: str) -> None:
        """Run a command and print its output."""
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
        """Provision the bucket and the tables on AWS."""
        if self.endpoint:
            self.shoebox("provision")

    def contents(self) -> tuple[object, ...]:
        """Return all data for comparison."""
        backend = self.backend()
        found = contents_of(backend)
        if isinstance(backend.catalog, SqliteCatalog):
            backend.catalog.close()
        return found

    def fill(self) -> None:
        """Import photos, then edit, delete and restore some."""
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
        """Delete the tables, or the SQLite file."""
        clients = self.backend().clients
        if clients is None:
            for path in (self.folder / BUCKET).glob("catalog.sqlite3*"):
                path.unlink()
            return
        for table in TableNames.of(TABLE):
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


def compare(name: str, drill: Drill, before: tuple[object, ...]) -> None:
    """Check that all data is back and print the time."""
    assert drill.contents() == before, f"{name}: data is missing"
    print(f"All data is back, byte by byte. {name}: {drill.seconds:.1f} s.\n")


def run(where: str, endpoint: AbstractContextManager[Moto | None]) -> None:
    """Run the three drills on one backend."""
    with endpoint as moto, tempfile.TemporaryDirectory() as folder:
        url = moto.url if moto else None
        drill = Drill(Path(folder), url)
        print(f"## {where}: {PHOTOS} photos, some of them edited, deleted and restored\n")
        drill.fill()
        before = drill.contents()
        print("\nThe instance is lost:")
        if url is None:
            shutil.copytree(drill.folder / BUCKET, drill.folder / "backup")
            shutil.rmtree(drill.folder / BUCKET)
            shutil.copytree(drill.folder / "backup", drill.folder / BUCKET)
        drill.seconds = 0
        drill.provision()
        drill.shoebox("check", "--sidecars", "--stopped")
        compare("The instance", drill, before)

        print("The catalog is lost:")
        drill.lose_catalog()
        drill.seconds = 0
        drill.provision()
        drill.shoebox("rebuild")
        drill.shoebox("rebuild", "--apply")
        drill.shoebox("check", "--sidecars", "--stopped")
        compare("The catalog", drill, before)

        print("Everything is lost but an export:")
        drill.shoebox("export", str(drill.folder / "export"))
        drill.lose_everything()
        drill.seconds = 0
        drill.provision()
        drill.shoebox("import", str(drill.folder / "export"))
        drill.shoebox("check", "--sidecars", "--stopped")
        compare("Everything", drill, before)


if __name__ == "__main__":
    run("On a folder", nullcontext())
    with tempfile.TemporaryDirectory() as socket_folder:
        run("On an AWS emulator (moto)", running_moto(Path(socket_folder)))
