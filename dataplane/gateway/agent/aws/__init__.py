"""AWS for the agent, signed by hand: the machine's Python has no SDK."""
