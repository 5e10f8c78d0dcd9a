"""Copy user_data.sh into stack.yaml, as the last part of the instance's user data.

CloudFormation accepts a template of 51 200 bytes and EC2 user data of 16 384, so the comments of
the script are left out. Run it after each change of the script: python deploy/stack.py
"""

import re
from pathlib import Path

_HERE = Path(__file__).parent
_INDENT = " " * 16
# The literal block after this comment, up to the first line with less indentation.
_BLOCK = re.compile(r"(?<=- \|  # user_data\.sh\n)(?:(?: {16}.*)?\n)+")
_COMMENT = re.compile(r"^ *#(?!!).*\n|(?<=\S) {2,}# .*", re.MULTILINE)


def without_comments(script: str) -> str:
    """Return `script` without its comments, but with the first line.

    A comment is a line of its own, or follows two spaces.
    """
    return _COMMENT.sub("", script)


def with_script(template: str, script: str) -> str:
    """Return the template with `script` in its block, without comments."""
    text = without_comments(script)
    lines = (f"{_INDENT}{line}".rstrip() + "\n" for line in text.splitlines())
    changed, times = _BLOCK.subn(lambda _: "".join(lines) + "\n", template)
    if times != 1:
        raise ValueError("stack.yaml must have exactly one block for the script")
    return changed


if __name__ == "__main__":
    stack = _HERE / "stack.yaml"
    stack.write_text(
        with_script(stack.read_text("utf-8"), (_HERE / "user_data.sh").read_text("utf-8")), "utf-8"
    )
