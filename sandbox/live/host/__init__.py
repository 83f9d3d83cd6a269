"""A machine of the live tier: the start-up scripts and units that ship, on stand-ins for the machine's tools."""
