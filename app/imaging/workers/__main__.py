"""Run the fork server: `python -m app.imaging.workers DESCRIPTOR SETTINGS`."""

from app.imaging.workers.fork_server import main

main()
