"""From specs, settings, catalogue and locks to a `StackPlan`."""
