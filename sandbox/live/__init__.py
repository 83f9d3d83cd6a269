"""The live tier of the sandbox: a replica's real parts as processes on loopback."""
