"""homeport: inference endpoints in your own cloud account.

The package answers every question about an endpoint before anything is paid for; it holds no Pulumi
code and, outside `homeport.operations` and `homeport.lock`, touches neither network nor clock.
"""

__version__ = "0.1.0"
