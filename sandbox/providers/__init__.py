"""Stand-ins for Pulumi's provider plugins, one folder a cloud."""
