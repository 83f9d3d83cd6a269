"""`python -m sandbox.emulator --port 0 --ready-file F`: serves the account on 127.0.0.1 until it is stopped."""

from sandbox.emulator.server import main

if __name__ == "__main__":
    main()
