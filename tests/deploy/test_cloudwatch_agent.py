"""The optional configuration of the CloudWatch agent fits the units, the files and its policy."""

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OTHER_UNITS = {"nginx.service"}


@pytest.fixture(scope="module")
def configuration() -> dict[str, Any]:
    text = (DEPLOY / "cloudwatch-agent.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


@pytest.fixture(scope="module")
def statements() -> dict[str, Any]:
    text = (ROOT / "policies" / "cloudwatch_agent.json").read_text(encoding="utf-8")
    return {statement["Sid"]: statement for statement in json.loads(text)["Statement"]}


def entries(configuration: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sources that are collected: the journal and files."""
    collected = configuration["logs"]["logs_collected"].values()
    return [entry for source in collected for entry in source["collect_list"]]


def test_sections_are_those_of_the_agent(configuration: dict[str, Any]) -> None:
    """An unknown section makes the agent refuse the file."""
    assert set(configuration) == {"agent", "metrics", "logs"}
    assert set(configuration["logs"]["logs_collected"]) == {"journald", "files"}
    assert set(configuration["metrics"]["metrics_collected"]) == {"mem", "swap", "disk"}


def test_every_unit_and_file_exists(configuration: dict[str, Any]) -> None:
    units = {unit for entry in entries(configuration) for unit in entry.get("units", [])}
    assert units >= {"shoebox.service", "shoebox-weekly.service"}
    assert [unit for unit in units - OTHER_UNITS if not (DEPLOY / unit).exists()] == []
    (log,) = re.findall("^LOG=(.+)$", (DEPLOY / "user_data.sh").read_text(), re.MULTILINE)
    assert [entry["file_path"] for entry in entries(configuration) if "file_path" in entry] == [log]


def test_logs_are_deleted_after_a_month(configuration: dict[str, Any]) -> None:
    """By default CloudWatch keeps them for ever."""
    assert {entry["retention_in_days"] for entry in entries(configuration)} == {30}


# What AWS compares with the resource of the policy. DescribeLogGroups names no group.
REQUESTED = {
    "logs:CreateLogGroup": "{group}",
    "logs:CreateLogStream": "{group}",
    "logs:DescribeLogGroups": ":log-stream:",
    "logs:DescribeLogStreams": "{group}:log-stream:",
    "logs:PutLogEvents": "{group}:log-stream:i-0123456789abcdef0",
    "logs:PutRetentionPolicy": "{group}:log-stream:",
}


def is_allowed(statements: dict[str, Any], action: str, group: str) -> bool:
    """Return whether a statement allows an action on a log group."""
    requested = REQUESTED[action].format(group=group)
    arn = f"arn:aws:logs:REGION:ACCOUNT_ID:log-group:{requested}"
    return any(
        action in statement["Action"] and fnmatchcase(arn, statement["Resource"])
        for statement in statements.values()
    )


@pytest.mark.parametrize("action", REQUESTED)
def test_the_policy_permits_its_log_groups_alone(
    configuration: dict[str, Any], statements: dict[str, Any], action: str
) -> None:
    """Only their list, which the agent reads to set the retention, is that of all groups."""
    groups = {entry["log_group_name"] for entry in entries(configuration)}
    assert [group for group in groups if not is_allowed(statements, action, group)] == []
    assert is_allowed(statements, action, "/other") is (action == "logs:DescribeLogGroups")


def test_the_policy_permits_its_metrics_alone(
    configuration: dict[str, Any], statements: dict[str, Any]
) -> None:
    condition = statements["AgentMetrics"]["Condition"]["StringEquals"]
    assert condition == {"cloudwatch:namespace": configuration["metrics"]["namespace"]}
