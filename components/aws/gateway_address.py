"""Where a replica listens and what load balancers ask of it."""

GATEWAY_PORT = 8443
"""The replica's proxy, TLS. The only port of a machine that anything may reach."""

HTTPS_PORT = 443

READY_PATH = "/_homeport/ready"
"""200 once the engine answered a real request, 503 before and while draining."""

LOAD_BALANCER_HEALTH_PATH = "/_homeport/lb-health"
"""Answered by the load balancer itself: a network load balancer's check must reach no replica."""
