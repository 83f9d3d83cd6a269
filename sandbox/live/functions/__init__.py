"""Functions that run: a process for each version, invocations in its threads, and limits on how many at a time."""
