"""`make run-aws`: the AWS backend on an AWS emulator (moto) in memory."""

import logging
import os
import signal
import subprocess
import sys

from moto.server import ThreadedMotoServer

from tests.aws.binary_keys import binary_compared_by_bytes

HOST = "127.0.0.1"
AWS_PORT = int(os.environ.get("AWS_EMULATOR_PORT", "4566"))
# The emulator accepts any credentials.
SETTINGS = {
    "AWS_ENDPOINT_URL": f"http://{HOST}:{AWS_PORT}",
    "AWS_ACCESS_KEY_ID": "emulator",
    "AWS_SECRET_ACCESS_KEY": "emulator",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "PHOTO_BUCKET": "shoebox-emulator",
    "PHOTO_TABLE": "photos",
    "SECRET_KEY": "for-the-emulator-only",
}


def main() -> int:
    """Provision the emulator and serve the site on it until interrupted."""
    # The emulator's request log would hide the site's output.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # also ends the site
    server = ThreadedMotoServer(HOST, AWS_PORT, verbose=False)
    server.start()
    try:
        with binary_compared_by_bytes():
            return _serve(os.environ | SETTINGS)
    except KeyboardInterrupt:
        return 0
    except subprocess.CalledProcessError as failed:
        return failed.returncode
    finally:
        server.stop()


def _serve(environment: dict[str, str]) -> int:
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "provision"], env=environment, check=True
    )
    print("\nThis site uses an AWS emulator. Its data is lost when you stop it.")
    print("Settings for the AWS CLI in another terminal:\n")
    print(
        "\n".join(f"  export {name}={value}" for name, value in SETTINGS.items()) + "\n", flush=True
    )
    with subprocess.Popen([sys.executable, "-m", "app"], env=environment) as site:
        try:
            return site.wait()
        finally:
            site.terminate()


if __name__ == "__main__":
    sys.exit(main())
