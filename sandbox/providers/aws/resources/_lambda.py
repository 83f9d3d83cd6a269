"""What the types of Lambda share: tags, and what is said of a function that is not there."""

from sandbox.providers.aws.operation import Operation

SOURCE = "hashicorp/terraform-provider-aws, internal/service/lambda/"
GONE = ("ResourceNotFoundException",)


def update_tags(operation: Operation) -> None:
    """Bring the tags of the resource with the recorded ARN about, if they changed."""
    if "tags" not in operation.changed:
        return
    client, arn = operation.client("lambda"), operation.state["arn"]
    written, removed = operation.tag_changes()
    if removed:
        client.untag_resource(Resource=arn, TagKeys=removed)
    if written:
        client.tag_resource(Resource=arn, Tags=written)


def function_name(name_or_arn: str) -> str:
    """The plain name, however the program said which function."""
    return name_or_arn.rsplit(":function:", 1)[-1].split(":", 1)[0]
