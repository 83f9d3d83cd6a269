"""AWS's words for a plan."""
