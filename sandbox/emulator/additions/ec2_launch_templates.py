"""Launch templates: the template's own tags are no part of its data, to which moto adds them."""

from contextlib import suppress
from typing import Any

from moto.core.types import Base64EncodedString
from moto.ec2.responses import EC2Response

from sandbox.emulator.additions import after

OWN_KIND = "launch-template"


@after(EC2Response, "CreateLaunchTemplate")
def keep_data_as_given(response: Any, result: Any) -> Any:
    name = response._get_param("LaunchTemplateName")
    template = response.ec2_backend.get_launch_template_by_name(name)
    data = template.versions[0].data
    kept = [one for one in data.get("TagSpecifications", []) if one["ResourceType"] != OWN_KIND]
    if kept:
        data["TagSpecifications"] = kept
    else:
        data.pop("TagSpecifications", None)
    return result


@after(EC2Response, "CreateLaunchTemplateVersion")
def keep_user_data_readable(response: Any, result: Any) -> Any:
    """moto marks the user data of a template's first version as base64, and fails to launch from a later one."""
    backend = response.ec2_backend
    name, template_id = (response._get_param(f"LaunchTemplate{key}") for key in ("Name", "Id"))
    template = (
        backend.get_launch_template(template_id)
        if template_id
        else backend.get_launch_template_by_name(name)
    )
    data = template.latest_version().data
    if isinstance(data.get("UserData"), str):
        with suppress(ValueError):  # not base64: no machine starts from it
            data["UserData"] = Base64EncodedString(data["UserData"])
    return result
