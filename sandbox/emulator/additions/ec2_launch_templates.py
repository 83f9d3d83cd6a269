"""Launch templates: the template's own tags are no part of its data, to which moto adds them."""

from typing import Any

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
