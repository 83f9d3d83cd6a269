"""Valid files that tests start from."""

import json
from typing import Any

from homeport.spec import EndpointSpec, StackSettings
from homeport.spec.parse import parse_endpoint, parse_settings
from homeport.spec.yaml_source import SettingsSource, YamlSource

EVERY_FIELD = """\
# yaml-language-server: $schema=../../schema/endpoint.json
version: 1
name: llama-8b
model:
  repository: meta-llama/Llama-3.1-8B-Instruct
  revision: main
  task: text-generation
  weights: hub
engine:
  name: auto
  image: null
  port: null
  healthRoute: null
  args: []
  env: {VLLM_LOGGING_LEVEL: WARNING}
  secrets: {SEARCH_KEY: my-secret}
  contextLength: 8192
  quantization: auto
  speculative: null
compute:
  cloud: aws
  region: us-east-1
  accelerator: nvidia-l4
  count: 1
  instanceType: null
  capacity: on-demand
replicas:
  min: 1
  max: 1
  scaleOn: {gpu: 80}
access:
  mode: protected
  allow: [org/acme, user/jane]
  consumers: []
  cidrs: []
  maxRequestSeconds: 900
  maxBodyMebibytes: 32
compliance: []
tags: {team: search}
"""

SHORTEST = """\
name: embed
model: {repository: acme/embed}
compute: {accelerator: cpu}
access: {mode: public}
"""

CUSTOM = """\
name: mine
model: {repository: acme/mine, revision: "5206032", weights: mirror}
engine:
  name: custom
  image: registry.example.com:5000/acme/engine:1.2
  port: 9000
  healthRoute: /ready
  args: ["--flag", "x y"]
  quantization: Q4_K_M
  speculative: {method: draft, model: acme/small, tokens: 5}
compute: {instanceType: g6.12xlarge, capacity: spot}
replicas: {min: 0, max: 4, scaleOn: {pending: 1.5}, scaleToZeroAfter: 90s}
access: {mode: private, consumers: ["123456789012"], maxRequestSeconds: 60}
compliance: [zero-retention]
tags: {cost-center: "4711", "who: knows": ""}
"""

SETTINGS = """\
config:
  homeport:cloud: aws
  homeport:account: "123456789012"
  homeport:region: us-east-1
  homeport:domain: endpoints.example.com
  homeport:zone: Z0123456789
  homeport:network: {create: 10.20.0.0/16, zones: [us-east-1a, us-east-1b, us-east-1c], nat: one}
  homeport:egress: nat
  homeport:allow: [org/acme]
  homeport:tokenSecret: hf-token
  homeport:machineImages:
    cpu: {id: ami-0123456789abcdef0, date: 2026-11-01}
    nvidia: {id: ami-0123456789abcdef1, date: "2026-11-02"}
  homeport:encryptionKey: null
  homeport:logRetentionDays: 30
  homeport:alarms: {email: ml-platform@example.com}
  homeport:protect: true
  homeport:listenerPorts: {llama-8b: 20001}
"""


def endpoint(text: str, settings: StackSettings | None = None) -> EndpointSpec:
    """The spec in `text`, a file called `f.yaml`."""
    return parse_endpoint(YamlSource(file="f.yaml", data=text.encode()), settings)


def stack_settings(text: str = SETTINGS) -> StackSettings:
    """The settings in `text`, a file called `s.yaml`."""
    return parse_settings(SettingsSource(file="s.yaml", data=text.encode()))


def as_yaml(document: Any) -> str:
    """`document` as JSON, which is YAML too: every text in quotes, which PyYAML's writer leaves out
    where YAML 1.1 and 1.2 disagree (`08`)."""
    return json.dumps(document, ensure_ascii=False, indent=1)


def written(spec: EndpointSpec) -> str:
    """The spec as a file, with the keys that the user wrote."""
    return as_yaml(spec.model_dump(by_alias=True, mode="json", exclude_unset=True))
