"""Find and read the files of a project's stacks: the only reader of specs, settings and locks.

stacks/Pulumi.<stack>.yaml           settings
stacks/<stack>/<endpoint>.yaml       one spec an endpoint
stacks/<stack>/<endpoint>.lock.json  its lock
"""

from homeport.planner.sources import EndpointSource, StackSources
from homeport.project.endpoint_file import load_spec_file
from homeport.project.layout import find_root, stack_names
from homeport.project.settings_file import load_settings
from homeport.project.stack import load_stack

__all__ = [
    "EndpointSource",
    "StackSources",
    "find_root",
    "load_settings",
    "load_spec_file",
    "load_stack",
    "stack_names",
]
