"""The files for contributors run the commands that the Makefile has."""

import json
import re
import subprocess
from itertools import chain
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
TARGET = re.compile(r"(?:^|`)make ([a-z][a-z-]*)", re.MULTILINE)


def test_make_help_lists_every_documented_target() -> None:
    """Every target that a page or a file for contributors names has a line in `make help`."""
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = {line.split()[0] for line in done.stdout.splitlines() if line.strip()}
    named = set(chain(*(TARGET.findall(page.read_text("utf-8")) for page in PAGES)))
    assert {"run", "test", "image"} <= named
    assert named - listed == set()


def test_the_workflow_runs_what_every_machine_runs() -> None:
    """Tests elsewhere can't pass or fail by other commands than those of .ci/run."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text("utf-8"))
    steps = workflow["jobs"]["tests"]["steps"]
    assert steps[-1]["run"] == "bash .ci/run"
    assert workflow["permissions"] == {"contents": "read"}


def test_hooks_before_a_commit_are_those_of_make_lint() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    hooks = [hook["entry"].removeprefix(".venv/bin/") for hook in config["repos"][0]["hooks"]]
    lint = MAKEFILE.partition("\nlint:")[2].partition("\n\n")[0]
    mypy = "mypy --strict app benchmarks tools"
    assert hooks == ["ruff check", "ruff format --check", mypy, "shellcheck"]
    assert [hook for hook in hooks if f"$(BIN)/{hook}" not in lint] == []


def test_dependabot_watches_folders_that_have_pins() -> None:
    config = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text("utf-8"))
    pins = {
        "pip": "requirements.txt",
        "docker": "Dockerfile",
        "docker-compose": "compose.yaml",
        "github-actions": ".github/workflows/tests.yml",
    }
    assert {update["package-ecosystem"] for update in config["updates"]} == set(pins)
    for update in config["updates"]:
        for folder in update.get("directories") or [update["directory"]]:
            assert (ROOT / folder.strip("/") / pins[update["package-ecosystem"]]).is_file()


def test_issue_forms_ask_for_something() -> None:
    """Every form has a name, a description, and at least one answer that is required."""
    for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("[!c]*.yml"):
        form = yaml.safe_load(path.read_text("utf-8"))
        assert form["name"]
        assert form["description"]
        fields = [field for field in form["body"] if field["type"] != "markdown"]
        assert any(field.get("validations", {}).get("required") for field in fields)
        assert len({field["id"] for field in fields}) == len(fields)


def test_the_devcontainer_prepares_a_checkout_by_make() -> None:
    config = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"))
    command, target = config["postCreateCommand"].split()
    assert command == "make"
    assert f"\n{target}:" in MAKEFILE
