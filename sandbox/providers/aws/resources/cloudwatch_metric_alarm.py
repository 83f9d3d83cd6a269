"""aws.cloudwatch.MetricAlarm: on one metric, or on an expression of several."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType
from sandbox.providers.aws.operation import Operation
from sandbox.providers.aws.values import UNKNOWN

MEMBERS = {
    "alarmDescription": "AlarmDescription",
    "namespace": "Namespace",
    "metricName": "MetricName",
    "statistic": "Statistic",
    "period": "Period",
    "evaluationPeriods": "EvaluationPeriods",
    "datapointsToAlarm": "DatapointsToAlarm",
    "comparisonOperator": "ComparisonOperator",
    "threshold": "Threshold",
    "treatMissingData": "TreatMissingData",
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "okActions": "OKActions",
    "insufficientDataActions": "InsufficientDataActions",
}
ONE_METRIC = ("metricName", "namespace", "period", "statistic", "dimensions")


def create(operation: Operation) -> None:
    _refuse_existing(operation)
    _put(operation, operation.inputs["name"])
    operation.created(operation.inputs["name"])


def read(operation: Operation) -> dict[str, Any] | None:
    cloudwatch = operation.client("cloudwatch")
    alarms = cloudwatch.describe_alarms(AlarmNames=[operation.id])["MetricAlarms"]
    if not alarms:
        return None
    alarm = alarms[0]
    tags = cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
    return {
        "arn": alarm["AlarmArn"],
        "name": alarm["AlarmName"],
        **{name: alarm.get(member) for name, member in MEMBERS.items()},
        "dimensions": {one["Name"]: one["Value"] for one in alarm.get("Dimensions", [])},
        "metricQueries": [_from_query(query) for query in alarm.get("Metrics", [])],
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
    }


def update(operation: Operation) -> None:
    """PutMetricAlarm overwrites the whole alarm."""
    _put(operation, operation.id)
    if "tags" in operation.changed:
        cloudwatch, arn = operation.client("cloudwatch"), operation.state["arn"]
        written, removed = operation.tag_changes()
        if removed:
            cloudwatch.untag_resource(ResourceARN=arn, TagKeys=removed)
        if written:
            tags = [{"Key": key, "Value": value} for key, value in written.items()]
            cloudwatch.tag_resource(ResourceARN=arn, Tags=tags)


def delete(operation: Operation) -> None:
    operation.client("cloudwatch").delete_alarms(AlarmNames=[operation.id])


def check(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """One metric, or queries (CloudWatch API, PutMetricAlarm, 'Metrics')."""
    queries = inputs.get("metricQueries")
    if queries:
        return [
            (name, "conflicts with metricQueries")
            for name in ONE_METRIC
            if name in inputs and inputs[name] is not UNKNOWN
        ]
    if "metricName" not in inputs:
        return [("metricName", "is required without metricQueries")]
    return []


def _refuse_existing(operation: Operation) -> None:
    """PutMetricAlarm would overwrite an alarm of that name; creation must never adopt."""
    name = operation.inputs["name"]
    alarms = operation.client("cloudwatch").describe_alarms(AlarmNames=[name])
    if alarms["MetricAlarms"]:
        raise ValueError(f"the alarm {name} exists already")


def _put(operation: Operation, name: str) -> None:
    arguments = {
        member: operation.inputs[property_name]
        for property_name, member in MEMBERS.items()
        if operation.get(property_name) is not None
    }
    dimensions = operation.get("dimensions", {})
    if dimensions:
        arguments["Dimensions"] = [
            {"Name": key, "Value": value} for key, value in dimensions.items()
        ]
    if operation.get("metricQueries"):
        arguments["Metrics"] = [_to_query(query) for query in operation.inputs["metricQueries"]]
    tags = [{"Key": key, "Value": value} for key, value in operation.get("tags", {}).items()]
    operation.client("cloudwatch").put_metric_alarm(AlarmName=name, Tags=tags, **arguments)


def _to_query(query: Mapping[str, Any]) -> dict[str, Any]:
    named = {"id": "Id", "expression": "Expression", "label": "Label", "returnData": "ReturnData"}
    answer = {member: query[name] for name, member in named.items() if query.get(name) is not None}
    answer.setdefault("ReturnData", False)
    metric = query.get("metric")
    if metric:
        dimensions = metric.get("dimensions") or {}
        answer["MetricStat"] = {
            "Metric": {
                "Namespace": metric["namespace"],
                "MetricName": metric["metricName"],
                "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
            },
            "Period": metric["period"],
            "Stat": metric["stat"],
        }
    return answer


def _from_query(query: Mapping[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"id": query["Id"], "returnData": query.get("ReturnData", False)}
    for name, member in (("expression", "Expression"), ("label", "Label")):
        if query.get(member):
            answer[name] = query[member]
    stat = query.get("MetricStat")
    if stat:
        metric = stat["Metric"]
        answer["metric"] = {
            "namespace": metric["Namespace"],
            "metricName": metric["MetricName"],
            "period": stat["Period"],
            "stat": stat["Stat"],
        }
        dimensions = {one["Name"]: one["Value"] for one in metric.get("Dimensions", [])}
        if dimensions:
            answer["metric"]["dimensions"] = dimensions
    return answer


DOCS = "pulumi_aws.cloudwatch.MetricAlarm"
GO = "hashicorp/terraform-provider-aws, internal/service/cloudwatch/metric_alarm.go"

TYPE = ResourceType(
    token="aws:cloudwatch/metricAlarm:MetricAlarm",
    cloudformation="AWS::CloudWatch::Alarm",
    properties={
        "name": Property(cloudformation="AlarmName"),
        "alarmDescription": Property(),
        "namespace": Property(),
        "metricName": Property(),
        "dimensions": Property(
            cloudformation=None, because=f"{DOCS}: a map; CloudFormation has a list of pairs"
        ),
        "statistic": Property(
            rules={"enum": ["SampleCount", "Average", "Sum", "Minimum", "Maximum"]},
            because=f"{DOCS}: 'Either of the following is supported: SampleCount, Average, Sum, Minimum, Maximum'",
        ),
        "period": Property(),
        "evaluationPeriods": Property(
            rules={"minimum": 1}, because=f"{GO}: ValidateFunc IntAtLeast(1)"
        ),
        "datapointsToAlarm": Property(
            rules={"minimum": 1}, because=f"{GO}: ValidateFunc IntAtLeast(1)"
        ),
        "comparisonOperator": Property(
            rules={
                "enum": [
                    "GreaterThanOrEqualToThreshold",
                    "GreaterThanThreshold",
                    "LessThanThreshold",
                    "LessThanOrEqualToThreshold",
                    "LessThanLowerOrGreaterThanUpperThreshold",
                    "LessThanLowerThreshold",
                    "GreaterThanUpperThreshold",
                ]
            },
            because=f"{DOCS}: 'Either of the following is supported: ...' and those for anomaly models",
        ),
        "threshold": Property(),
        "treatMissingData": Property(
            default="missing",
            rules={"enum": ["breaching", "notBreaching", "ignore", "missing"]},
            because=f"{DOCS}: 'missing, ignore, breaching and notBreaching. Defaults to missing.'",
        ),
        "actionsEnabled": Property(default=True, because=f"{DOCS}: 'Defaults to true.'"),
        "alarmActions": Property(unordered=True, because=f"{GO}: TypeSet"),
        "okActions": Property(cloudformation="OKActions", unordered=True, because=f"{GO}: TypeSet"),
        "insufficientDataActions": Property(unordered=True, because=f"{GO}: TypeSet"),
        "metricQueries": Property(
            cloudformation=None,
            unordered=True,
            because=f"{GO}: TypeSet metric_query; CloudFormation nests the metric deeper",
        ),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    check=check,
    auto_name=AutoName(max_length=255, prefix_property=None),
    sample=lambda: {
        "name": "llama-8b-up",
        "alarmDescription": "llama-8b needs more replicas",
        "namespace": "homeport/demo/llama-8b",
        "metricName": "PendingRequests",
        "dimensions": {"AutoScalingGroupName": "homeport-demo-llama-8b"},
        "statistic": "Average",
        "period": 60,
        "evaluationPeriods": 1,
        "datapointsToAlarm": 1,
        "comparisonOperator": "GreaterThanThreshold",
        "threshold": 1.5,
        "treatMissingData": "notBreaching",
        "actionsEnabled": True,
        "alarmActions": ["arn:aws:sns:us-east-1:123456789012:alarms"],
        "okActions": ["arn:aws:sns:us-east-1:123456789012:alarms"],
        "insufficientDataActions": ["arn:aws:sns:us-east-1:123456789012:alarms"],
        "tags": {"team": "search"},
    },
)
