"""Events that invoke functions: a table's stream, schedules, and what happens to Auto Scaling groups."""
