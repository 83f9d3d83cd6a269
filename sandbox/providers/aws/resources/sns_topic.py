"""aws.sns.Topic: name, key, tags; its policy is a type of its own."""

from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType
from sandbox.providers.aws.operation import Operation, found

GONE = ("NotFound", "NotFoundException")
ATTRIBUTES = {"kmsMasterKeyId": "KmsMasterKeyId", "displayName": "DisplayName"}


def create(operation: Operation) -> None:
    sns = operation.client("sns")
    attributes = {
        member: operation.inputs[name] for name, member in ATTRIBUTES.items() if operation.get(name)
    }
    tags = [{"Key": key, "Value": value} for key, value in operation.get("tags", {}).items()]
    _refuse_existing(operation)
    topic = sns.create_topic(Name=operation.name(), Attributes=attributes, Tags=tags)
    operation.created(topic["TopicArn"])


def read(operation: Operation) -> dict[str, Any] | None:
    sns = operation.client("sns")
    answer = found(GONE, lambda: sns.get_topic_attributes(TopicArn=operation.id))
    if answer is None:
        return None
    attributes = answer["Attributes"]
    tags = sns.list_tags_for_resource(ResourceArn=operation.id)["Tags"]
    return {
        "arn": operation.id,
        "name": operation.id.rsplit(":", 1)[-1],
        "owner": attributes["Owner"],
        **{name: attributes.get(member) or None for name, member in ATTRIBUTES.items()},
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
    }


def update(operation: Operation) -> None:
    sns = operation.client("sns")
    for name, member in ATTRIBUTES.items():
        if name in operation.changed:
            sns.set_topic_attributes(
                TopicArn=operation.id,
                AttributeName=member,
                AttributeValue=operation.get(name, ""),
            )
    if "tags" in operation.changed:
        written, removed = operation.tag_changes()
        if removed:
            sns.untag_resource(ResourceArn=operation.id, TagKeys=removed)
        if written:
            tags = [{"Key": key, "Value": value} for key, value in written.items()]
            sns.tag_resource(ResourceArn=operation.id, Tags=tags)


def delete(operation: Operation) -> None:
    sns = operation.client("sns")
    found(GONE, lambda: sns.delete_topic(TopicArn=operation.id))


def _refuse_existing(operation: Operation) -> None:
    """SNS answers CreateTopic of one's own topic with that topic; creation must never adopt."""
    sns = operation.client("sns")
    arn = operation.arn("sns", operation.inputs.get("name", ""))
    if found(GONE, lambda: sns.get_topic_attributes(TopicArn=arn)) is not None:
        raise ValueError(f"the topic {arn} exists already")


DOCS = "pulumi_aws.sns.Topic"

TYPE = ResourceType(
    token="aws:sns/topic:Topic",
    cloudformation="AWS::SNS::Topic",
    properties={
        "name": Property(
            cloudformation="TopicName",
            rules={"pattern": r"^[A-Za-z0-9_-]{1,256}$"},
            because=f"{DOCS}: 'must be made up of only uppercase and lowercase ASCII letters, numbers, "
            "underscores, and hyphens, and must be between 1 and 256 characters long'",
        ),
        "displayName": Property(),
        "kmsMasterKeyId": Property(),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    auto_name=AutoName(max_length=256),
    sample=lambda: {
        "name": "alarms",
        "displayName": "Alarms",
        "kmsMasterKeyId": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
        "tags": {"team": "search"},
    },
)
