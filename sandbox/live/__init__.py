"""The live tier of the sandbox: an account whose machines run as processes (`aws`, `host`), and a replica by itself."""
