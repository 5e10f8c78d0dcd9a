"""Queries return the same with the cheaper key conditions as with those of ministack."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from boto3.dynamodb.conditions import ConditionBase, Key

from tests.party.emulator import MINISTACK_PROGRAM, MINISTACK_SETTINGS
from tests.provisioning.ministack import Ministack, MinistackMissing, run_ministack

TABLE = {
    "TableName": "entries",
    "KeySchema": [
        {"AttributeName": "listing", "KeyType": "HASH"},
        {"AttributeName": "position", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "listing", "AttributeType": "S"},
        {"AttributeName": "position", "AttributeType": "S"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}
LISTING, POSITION = Key("listing").eq("photos"), Key("position")
CONDITIONS: Mapping[str, ConditionBase] = {
    "all": LISTING,
    "equal": LISTING & POSITION.eq("p3"),
    "less": LISTING & POSITION.lt("p3"),
    "at most": LISTING & POSITION.lte("p3"),
    "greater": LISTING & POSITION.gt("p3"),
    "at least": LISTING & POSITION.gte("p3"),
    "between": LISTING & POSITION.between("p2", "p4"),
    "prefix": LISTING & POSITION.begins_with("p"),
    "another": Key("listing").eq("albums"),
    "none": Key("listing").eq("tags"),
}
POSITIONS = ("o", "p1", "p2", "p3", "p30", "p4", "p5", "q", "é", "\U0001f4f7")


def test_key_conditions_have_the_same_results(tmp_path: Path) -> None:
    """Each condition finds the same pages of items, in both directions."""
    programs = {"cheap": MINISTACK_PROGRAM, "original": ("-m", "ministack")}
    found = {}
    for name, program in programs.items():
        folder = tmp_path / name
        folder.mkdir()
        try:
            with run_ministack(folder, program, **MINISTACK_SETTINGS) as ministack:
                found[name] = _results(ministack)
        except MinistackMissing as error:
            pytest.skip(str(error))
    assert found["cheap"] == found["original"]
    assert found["cheap"]["between", True] == [["p2", "p3"], ["p30", "p4"], []]


def _results(ministack: Ministack) -> dict[tuple[str, bool], list[list[str]]]:
    """Return the pages of each condition, ascending and descending."""
    options = {"region_name": "eu-west-1", "endpoint_url": ministack.url}
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    resource: Any = boto3.resource("dynamodb", **options, **keys)  # type: ignore[call-overload]
    table = resource.create_table(**TABLE)
    with table.batch_writer() as writer:
        for listing in ("photos", "albums"):
            for position in POSITIONS:
                writer.put_item(Item={"listing": listing, "position": position})
    return {
        (name, forward): _pages(table, condition, forward=forward)
        for name, condition in CONDITIONS.items()
        for forward in (True, False)
    }


def _pages(table: Any, condition: ConditionBase, *, forward: bool) -> list[list[str]]:
    pages = []
    start: dict[str, Any] = {}
    while True:
        answer = table.query(
            KeyConditionExpression=condition, ScanIndexForward=forward, Limit=2, **start
        )
        pages.append([item["position"] for item in answer["Items"]])
        if "LastEvaluatedKey" not in answer:
            return pages
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
