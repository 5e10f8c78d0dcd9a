"""The alarms of deploy/stack.yaml and its budget."""

import re
from typing import Any

import pytest

from tests.deploy.stack.template import VALUES, resolved
from tests.deploy.stack.test_create_stack import create
from tests.provisioning.recording_aws import RecordingAws

EMAIL = "operator@example.org"
ACCOUNT = "123456789012"
ALARM, BUDGET = "AWS::CloudWatch::Alarm", "AWS::Budgets::Budget"


def of_type(stack: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """Return the resources of one type, by their names."""
    found = stack["Resources"].items()
    return {name: resource for name, resource in found if resource["Type"] == kind}


def alarms(stack: dict[str, Any], topic: str) -> dict[str, dict[str, Any]]:
    """Return the properties of every alarm, as CloudFormation resolves them."""
    values = VALUES | {"AlarmTopic": topic, "TableName": "photos", "Instance": "i-1"}
    values |= {"Balancer.LoadBalancerFullName": "app/shoebox/1"}
    values |= {"Targets.TargetGroupFullName": "targetgroup/shoebox/1"}
    return {
        name: resolved(resource["Properties"], values, {})
        for name, resource in of_type(stack, ALARM).items()
    }


def test_stack_has_no_alarms_by_default(stack: dict[str, Any]) -> None:
    """Alarms cost money and need an address."""
    assert stack["Parameters"]["AlarmEmail"]["Default"] == ""
    assert stack["Parameters"]["MonthlyBudget"]["Default"] == 0
    conditions = {resource["Condition"] for resource in of_type(stack, ALARM).values()}
    assert conditions == {"HasAlarms", "HasInstanceAlarm", "HasBalancerAlarms"}
    assert stack["Resources"]["AlarmTopic"]["Condition"] == "HasAlarms"


def test_cloudwatch_accepts_every_alarm(stack: dict[str, Any], aws: RecordingAws) -> None:
    """Each sends a message when it begins and when it ends."""
    topic = aws.client("sns").create_topic(Name="shoebox")["TopicArn"]
    cloudwatch = aws.client("cloudwatch")
    for name, alarm in alarms(stack, topic).items():
        cloudwatch.put_metric_alarm(AlarmName=name, **alarm)
    made = cloudwatch.describe_alarms()["MetricAlarms"]
    assert len(made) == len(of_type(stack, ALARM))
    for alarm in made:
        assert (alarm["AlarmActions"], alarm["OKActions"]) == ([topic], [topic])


def test_instance_that_is_gone_raises_the_alarm(stack: dict[str, Any]) -> None:
    """An instance that is stopped or terminated sends no metric at all."""
    alarm = alarms(stack, "topic")["InstanceAlarm"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/EC2", "StatusCheckFailed")
    assert alarm["TreatMissingData"] == "breaching"


def test_balancer_without_a_healthy_instance_raises_the_alarm(stack: dict[str, Any]) -> None:
    """A load balancer without instances sends no metric."""
    alarm = alarms(stack, "topic")["NoHealthyInstanceAlarm"]
    assert (alarm["MetricName"], alarm["ComparisonOperator"]) == (
        "HealthyHostCount",
        "LessThanThreshold",
    )
    assert alarm["TreatMissingData"] == "breaching"
    assert {dimension["Name"] for dimension in alarm["Dimensions"]} == {
        "LoadBalancer",
        "TargetGroup",
    }


def test_errors_of_the_site_and_of_the_balancer_raise_an_alarm(stack: dict[str, Any]) -> None:
    """The load balancer answers with 502, 503 and 504 itself, which the site does not count."""
    watched = {alarm["MetricName"] for alarm in alarms(stack, "topic").values()}
    assert {"HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count"} <= watched


def test_throttles_of_the_tables_and_the_index_raise_an_alarm(stack: dict[str, Any]) -> None:
    watched = {
        (alarm["MetricName"], *(dimension["Value"] for dimension in alarm["Dimensions"]))
        for alarm in alarms(stack, "topic").values()
        if alarm["Namespace"] == "AWS/DynamoDB"
    }
    assert watched == {
        ("ReadThrottleEvents", "photos"),
        ("WriteThrottleEvents", "photos"),
        ("ReadThrottleEvents", "photos-listings"),
        ("WriteThrottleEvents", "photos-listings"),
        ("WriteThrottleEvents", "photos-listings", "by_photos"),
        ("ReadThrottleEvents", "photos-postings"),
        ("WriteThrottleEvents", "photos-postings"),
    }


def test_budget_sends_messages_before_and_after_it_is_spent(
    stack: dict[str, Any], aws: RecordingAws
) -> None:
    """At four fifths of it, and when the forecast for the month is above it."""
    (name,) = of_type(stack, BUDGET)
    values = {"AlarmEmail": EMAIL, "MonthlyBudget": "30", "AWS::StackName": "shoebox"}
    found = resolved(stack["Resources"][name]["Properties"], values, {})
    budgets = aws.client("budgets")
    budget = found["Budget"] | {"BudgetName": "shoebox"}
    notifications = found["NotificationsWithSubscribers"]
    budgets.create_budget(
        AccountId=ACCOUNT, Budget=budget, NotificationsWithSubscribers=notifications
    )
    (made,) = budgets.describe_budgets(AccountId=ACCOUNT)["Budgets"]
    assert made["BudgetLimit"] == {"Amount": "30", "Unit": "USD"}
    thresholds = {
        (entry["Notification"]["NotificationType"], entry["Notification"]["Threshold"])
        for entry in notifications
    }
    assert thresholds == {("ACTUAL", 80), ("FORECASTED", 100)}
    assert {entry["Subscribers"][0]["Address"] for entry in notifications} == {EMAIL}


def test_budget_without_an_address_is_refused(stack: dict[str, Any]) -> None:
    """Otherwise the stack would have no budget, and no message would say so."""
    (assertion,) = stack["Rules"]["BudgetHasRecipient"]["Assertions"]
    assert assertion["Assert"] == {"Not": [{"Equals": [{"Ref": "AlarmEmail"}, ""]}]}


def test_alarms_are_sent_to_the_address(aws: RecordingAws) -> None:
    made = create(aws, AlarmEmail=EMAIL)
    sns = aws.client("sns")
    topic = made.resource("AlarmTopic")
    (subscription,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", EMAIL)


@pytest.mark.parametrize("address", ["", EMAIL])
def test_address_is_one_or_none(stack: dict[str, Any], address: str) -> None:
    pattern = stack["Parameters"]["AlarmEmail"]["AllowedPattern"]
    assert re.fullmatch(pattern, address)
    assert not re.fullmatch(pattern, "operator")
