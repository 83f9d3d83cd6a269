"""An emulated AWS account: moto's server in a process of ours, with what moto lacks added to it."""

ACCOUNT_ID = "123456789012"
"""The one account that the emulator knows: moto's default, and AWS's own example account."""
