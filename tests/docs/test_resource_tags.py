"""Every command of the documents that makes an AWS resource tags it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "docs/aws.md")
MAKES = re.compile(r"\baws (\S+ (?:create|allocate|run)-\S+|ssm put-parameter)\b")
# The template has the tags of its resources. A change of a parameter keeps its tags.
OTHERS = ("aws cloudformation create-stack", "--overwrite")
TAG = "Key=Application,Value=shoebox"
LAUNCHED = ("instance", "volume", "network-interface")


def commands() -> list[str]:
    """Return the commands that make resources, each in one line."""
    text = "\n".join((ROOT / name).read_text("utf-8") for name in DOCUMENTS)
    blocks = "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    lines = re.sub(r"\\\n\s*", "", blocks).splitlines()
    made = [line.strip() for line in lines if MAKES.search(line)]
    return [line for line in made if not any(other in line for other in OTHERS)]


@pytest.mark.parametrize("command", commands(), ids=lambda line: MAKES.search(line)[1])
def test_a_new_resource_is_tagged(command: str) -> None:
    assert TAG in command or "$tags" in command


def test_all_that_an_instance_consists_of_is_tagged() -> None:
    (launch,) = (command for command in commands() if "run-instances" in command)
    assert [kind for kind in LAUNCHED if f"ResourceType={kind},$tags" not in launch] == []
