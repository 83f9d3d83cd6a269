"""DynamoDB: another key for a table, and a stream that is switched off, both of which moto drops."""

from typing import Any

from moto.dynamodb.responses import DynamoHandler

from sandbox.emulator.additions import after


@after(DynamoHandler, "UpdateTable")
def change_what_moto_drops(response: Any, result: Any) -> Any:
    table = response.dynamodb_backend.get_table(response.body["TableName"])
    encryption = response.body.get("SSESpecification")
    if encryption is not None:
        table.sse_specification = encryption
    if response.body.get("StreamSpecification", {}).get("StreamEnabled") is False:
        table.stream_specification, table.stream_shard = None, None
        table.latest_stream_label = None
    return result
