"""A stand-in for Pulumi's AWS provider plugin: its protocol and its strictness, over an emulated account.

How to add a resource type: read `resources/__init__.py`, copy `resources/ec2_vpc.py`.
"""
