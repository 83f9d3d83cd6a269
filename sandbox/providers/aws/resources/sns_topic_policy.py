"""aws.sns.TopicPolicy: who may publish to a topic."""

import json
from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found

GONE = ("NotFound", "NotFoundException")


def create(operation: Operation) -> None:
    arn = operation.inputs["arn"]
    _put(operation, arn, operation.inputs["policy"])
    operation.created(arn)


def read(operation: Operation) -> dict[str, Any] | None:
    sns = operation.client("sns")
    answer = found(GONE, lambda: sns.get_topic_attributes(TopicArn=operation.id))
    if answer is None:
        return None
    attributes = answer["Attributes"]
    return {"arn": operation.id, "owner": attributes["Owner"], "policy": attributes["Policy"]}


def update(operation: Operation) -> None:
    _put(operation, operation.id, operation.inputs["policy"])


def delete(operation: Operation) -> None:
    """Back to the policy that a new topic has: the owner's account may do everything."""
    owner = operation.state["owner"]
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["SNS:Publish", "SNS:Subscribe", "SNS:GetTopicAttributes"],
        "Resource": operation.id,
        "Condition": {"StringEquals": {"AWS:SourceOwner": owner}},
    }
    policy = {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
    found(GONE, lambda: _put(operation, operation.id, json.dumps(policy)))


def _put(operation: Operation, arn: str, policy: str) -> None:
    operation.client("sns").set_topic_attributes(
        TopicArn=arn, AttributeName="Policy", AttributeValue=policy
    )


DOCS = "pulumi_aws.sns.TopicPolicy"

TYPE = ResourceType(
    token="aws:sns/topicPolicy:TopicPolicy",
    cloudformation="AWS::SNS::TopicPolicy",
    properties={
        "arn": Property(
            cloudformation=None,
            replaces=True,
            because=f"{DOCS}: 'The ARN of the SNS topic'; CloudFormation has a list of topics instead",
        ),
        "policy": Property(
            cloudformation="PolicyDocument",
            json_document=True,
            because=f"{DOCS}: 'The fully-formed AWS policy as JSON.'",
        ),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    sample=lambda: {
        "arn": "arn:aws:sns:us-east-1:123456789012:alarms",
        "policy": '{"Version":"2012-10-17","Statement":[]}',
    },
)
