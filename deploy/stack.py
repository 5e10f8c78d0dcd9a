"""Writes user_data.sh anew into stack.yaml, where it is the last part of the instance's user data.

Run it after each change of the script: python deploy/stack.py
"""

import re
from pathlib import Path

_HERE = Path(__file__).parent
_INDENT = " " * 18
# The literal block after this line, to the first line that is indented less.
_BLOCK = re.compile(r"(?<=- \|  # user_data\.sh\n)(?:(?: {18}.*)?\n)+")


def embedded(template: str, script: str) -> str:
    """The template with `script` in its place."""
    lines = (f"{_INDENT}{line}".rstrip() + "\n" for line in script.splitlines())
    text, times = _BLOCK.subn(lambda _: "".join(lines) + "\n", template)
    if times != 1:
        raise ValueError("stack.yaml has no place for the script")
    return text


if __name__ == "__main__":
    stack = _HERE / "stack.yaml"
    stack.write_text(
        embedded(stack.read_text("utf-8"), (_HERE / "user_data.sh").read_text("utf-8")), "utf-8"
    )
