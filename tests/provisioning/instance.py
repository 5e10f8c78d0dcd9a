"""One instance with its own role, bucket and tables."""

import subprocess
import sys
from dataclasses import dataclass

from click.testing import Result
from flask import Flask

from app import create_app
from app.config import Config
from tests.provisioning.ministack import POLICIES, REGION
from tests.visitor import Visitor

ROOT = POLICIES.parent


@dataclass
class Instance:
    """One instance with its own role, bucket and tables."""

    config: Config
    environment: dict[str, str]

    @property
    def bucket(self) -> str:
        return str(self.config.photo_bucket)

    def app(self) -> Flask:
        return create_app(self.config)

    def run(self, *arguments: str) -> Result:
        result = self.app().test_cli_runner().invoke(args=arguments)
        assert result.exit_code == 0, f"{result.output}{result.exception!r}"
        return result

    def share_secrets(self) -> None:
        script = [
            sys.executable,
            ROOT / "deploy" / "shared_secrets.py",
            self.bucket,
            REGION,
            "SECRET_KEY",
        ]
        done = subprocess.run(
            script, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def serve(self) -> str:
        """All that visitors and the admin do; gives the id of a photo that stays."""
        visitor = Visitor(self.app())
        ready = visitor.get("/readyz")
        assert ready.status_code == 200, ready.text
        photo_id = visitor.add(title="A pier", tags="sea, evening")
        other = visitor.add(title="A hill")
        hidden = visitor.add(title="A cove")
        for path in ("/", "/tags", "/tags/sea", f"/photos/{photo_id}"):
            assert visitor.get(path).status_code == 200, path
        assert visitor.submit(f"/photos/{photo_id}/edit", title="A pier at dusk").status_code == 303
        assert "A pier at dusk" in visitor.get("/").text
        fields = visitor.fields("/upload")
        assert visitor.post(f"/photos/{hidden}/hide", fields).status_code == 303
        assert visitor.get(f"/photos/{hidden}/files/160.jpg").status_code == 200
        assert visitor.submit(f"/photos/{other}/delete").status_code == 303
        assert Visitor(visitor.client.application).get(f"/photos/{other}").status_code == 404
        return photo_id

    def live(self) -> str:
        """From the first boot to the caretaker's round."""
        self.share_secrets()
        self.run("provision")
        photo_id = self.serve()
        assert "No problems found." in self.run("check", "--sidecars").output
        return photo_id
