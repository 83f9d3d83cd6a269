"""One file a resource type: `<module>_<type>.py` with a `TYPE`, found by its name; nothing else to register.

Adding a type, with `ec2_vpc.py` as the model:

1. File name: the token's module and type in snake case: `aws:ec2/launchTemplate:LaunchTemplate` is
   `ec2_launch_template.py`. `cloudformation` is the type in cfn-lint's schemas.
2. `properties`: every top-level input that you serve. `Property()` says "the data say it all": type, nesting and
   required from pulumi_aws; enum, pattern, limits, create-only and set-or-list from CloudFormation's property of the
   same name with a capital. Inputs not listed are refused in Check ("not served yet"), so list what you implement and
   nothing else. Say in the Property, always with `because=<source>`: another CloudFormation path (`cloudformation=
   "Role/Arn"`, `*` into a list, None for no counterpart), a provider default, replacement where CloudFormation has no
   opinion or another one (its conditionalCreateOnlyProperties are not used), `unordered` for a set. Nested
   statements go into `properties=`, nested inputs that you drop into `refused=`.
   `python -m sandbox.providers.aws.report aws:ec2/vpc:Vpc` prints what came of it: read it once and compare it
   with the provider's documentation.
3. `create(operation)`: one boto3 call that makes the thing, then at once `operation.created(id)`, then the rest. Never
   look whether it exists already: the cloud's own error is the answer. Where the emulator adopts silently (moto
   returns the existing one), add the cloud's error in `emulator/additions/<service>.py`.
4. `read(operation)`: a dict of all inputs and outputs under Pulumi's names from the account only (not from
   `operation.inputs`), or None when it is gone (`found(codes, call)`). Leave out (or None) what is not set. What moto
   does not store is stored by an addition, never here. `tagsAll`, `region`, provider_only and write_only properties are
   filled in by the framework.
5. `update(operation)`: `operation.changed` holds top-level names; touch only those. A property that is gone from
   `operation.inputs` goes back to AWS's default. `update=None`: every change replaces.
6. `delete(operation)`: `operation.retry(("DependencyViolation",), ...)` for what the provider waits out, `wait_until`
   for what deletes slowly; not-found is success. Timeouts from the provider's documentation.
7. `sample()`: literal valid inputs, with as many properties as can stand side by side. The generated tests
   (tests/engine/test_sandbox_strictness.py) then drop, break and change each; an exception that the
   real provider has goes to `exempt={"enum instanceTenancy": "<reason, source>"}`.
8. An engine test in tests/engine/: up, no change, edit, replace, edit outside and refresh, destroy.

What several types of one service share goes into a module that starts with an underscore.
"""
