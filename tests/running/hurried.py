"""The site with little patience for slow senders: `python -m tests.running.hurried`."""

from app.__main__ import main
from app.web import slow_bodies

if __name__ == "__main__":
    slow_bodies.PATIENCE = 3.0
    main()
