"""aws.sns.TopicSubscription: an address that gets a topic's messages; an e-mail waits for its owner."""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found

GONE = ("NotFound", "NotFoundException")


def create(operation: Operation) -> None:
    subscription = operation.client("sns").subscribe(
        TopicArn=operation.inputs["topic"],
        Protocol=operation.inputs["protocol"],
        Endpoint=operation.inputs["endpoint"],
        ReturnSubscriptionArn=True,
    )
    operation.created(subscription["SubscriptionArn"])


def read(operation: Operation) -> dict[str, Any] | None:
    sns = operation.client("sns")
    answer = found(GONE, lambda: sns.get_subscription_attributes(SubscriptionArn=operation.id))
    if answer is None:
        return None
    attributes = answer["Attributes"]
    return {
        "arn": operation.id,
        "topic": attributes["TopicArn"],
        "protocol": attributes["Protocol"],
        "endpoint": attributes["Endpoint"],
        "ownerId": attributes["Owner"],
        "pendingConfirmation": attributes["PendingConfirmation"] == "true",
    }


def delete(operation: Operation) -> None:
    sns = operation.client("sns")
    found(GONE, lambda: sns.unsubscribe(SubscriptionArn=operation.id))


DOCS = "pulumi_aws.sns.TopicSubscription"
GO = "hashicorp/terraform-provider-aws, internal/service/sns/topic_subscription.go: ForceNew"

TYPE = ResourceType(
    token="aws:sns/topicSubscription:TopicSubscription",
    cloudformation="AWS::SNS::Subscription",
    properties={
        "topic": Property(cloudformation="TopicArn"),
        "protocol": Property(
            rules={
                "enum": [
                    *("application", "email", "email-json", "firehose", "http", "https"),
                    *("lambda", "sms", "sqs"),
                ]
            },
            because=f"{DOCS}: 'Valid values are: sqs, sms, lambda, firehose, and application', and "
            "'email, email-json, http and https are also valid but partially supported'",
        ),
        "endpoint": Property(replaces=True, because=GO),
    },
    create=create,
    read=read,
    update=None,
    delete=delete,
    sample=lambda: {
        "topic": "arn:aws:sns:us-east-1:123456789012:alarms",
        "protocol": "email",
        "endpoint": "ml-platform@example.com",
    },
)
