"""aws.cloudwatch.Dashboard: a name and a JSON body."""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found

GONE = ("ResourceNotFound", "DashboardNotFoundError")


def create(operation: Operation) -> None:
    name = operation.inputs["dashboardName"]
    if _described(operation, name) is not None:
        raise ValueError(f"the dashboard {name} exists already")
    _put(operation)
    operation.created(name)


def read(operation: Operation) -> dict[str, Any] | None:
    answer = _described(operation, operation.id)
    if answer is None:
        return None
    return {
        "dashboardArn": answer["DashboardArn"],
        "dashboardName": answer["DashboardName"],
        "dashboardBody": answer["DashboardBody"],
    }


def update(operation: Operation) -> None:
    _put(operation)


def delete(operation: Operation) -> None:
    cloudwatch = operation.client("cloudwatch")
    found(GONE, lambda: cloudwatch.delete_dashboards(DashboardNames=[operation.id]))


def _described(operation: Operation, name: str) -> dict[str, Any] | None:
    cloudwatch = operation.client("cloudwatch")
    return found(GONE, lambda: cloudwatch.get_dashboard(DashboardName=name))


def _put(operation: Operation) -> None:
    operation.client("cloudwatch").put_dashboard(
        DashboardName=operation.inputs["dashboardName"],
        DashboardBody=operation.inputs["dashboardBody"],
    )


DOCS = "pulumi_aws.cloudwatch.Dashboard"

TYPE = ResourceType(
    token="aws:cloudwatch/dashboard:Dashboard",
    cloudformation="AWS::CloudWatch::Dashboard",
    properties={
        "dashboardName": Property(
            rules={"pattern": r"^[A-Za-z0-9_-]{1,255}$"},
            because='CloudWatch API, PutDashboard: \'Valid characters are A-Z, a-z, 0-9, "-", and "_"\'',
        ),
        "dashboardBody": Property(
            json_document=True,
            because=f"{DOCS}: 'The detailed information about the dashboard, including what widgets', JSON",
        ),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    sample=lambda: {"dashboardName": "homeport-demo", "dashboardBody": '{"widgets":[]}'},
)
