"""`make rehearse`: the AWS home against a pretend AWS on this machine. Nothing there is kept."""

import logging
import os
import signal
import subprocess
import sys

from moto.server import ThreadedMotoServer

HOST = "127.0.0.1"
AWS_PORT = int(os.environ.get("PRETEND_AWS_PORT", "4566"))
# Any keys will do: the pretend AWS believes everybody.
SETTINGS = {
    "AWS_ENDPOINT_URL": f"http://{HOST}:{AWS_PORT}",
    "AWS_ACCESS_KEY_ID": "rehearsal",
    "AWS_SECRET_ACCESS_KEY": "rehearsal",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "PHOTO_BUCKET": "shoebox-rehearsal",
    "PHOTO_TABLE": "photos",
    "SECRET_KEY": "for-a-rehearsal-only",
}


def main() -> int:
    """Provision the pretend AWS and serve the site on it until interrupted."""
    logging.getLogger("werkzeug").setLevel(
        logging.ERROR
    )  # a line for every request would hide ours
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the site below ends with us
    server = ThreadedMotoServer(HOST, AWS_PORT, verbose=False)
    server.start()
    try:
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
    print("\nA rehearsal: the AWS here is pretended, and nothing in it is kept once you stop.")
    print("For the AWS CLI, in another terminal:\n")
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
