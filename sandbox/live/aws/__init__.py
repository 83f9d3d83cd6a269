"""The live tier's AWS: groups, load balancers, alarms and policies of the emulated account act on real processes."""
