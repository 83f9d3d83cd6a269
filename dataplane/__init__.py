"""What runs in the user's account: gateway, wake and bootstrap, each folder deployable alone.

Standard library only, and Python 3.9 syntax: `/usr/bin/python3` of Amazon Linux 2023 stays 3.9 for the
life of the distribution (AL2023 user guide, "Python in AL2023", read 2026-11).
"""
