"""The Hub and the image registries of the sandbox: true configurations, stand-ins for the rest."""
