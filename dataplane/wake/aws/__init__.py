"""Sleep and wake on AWS: functions, the table, and what both are packed with."""

SHARED_MODULES = (
    "__init__.py",
    "gateway/__init__.py",
    "gateway/agent/__init__.py",
    "gateway/agent/in_time.py",
    "gateway/agent/log.py",
    "gateway/agent/shared_verdicts.py",
    "gateway/agent/token_gate.py",
    "gateway/agent/verdicts.py",
    "gateway/agent/whoami.py",
    "gateway/live_settings.py",
    "gateway/settings.py",
)
"""Files below `dataplane/`, outside `wake/`, that the gate imports: the rules of a replica's gateway."""
