"""What Auto Scaling's two simple kinds of policies do to a group's size.

Source: Auto Scaling user guide, step and simple scaling policies, instance warm-up (read 2026-11).
"""


def size_after_step(desired: int, *, warm: int, adjustment: int) -> int:
    """Step scaling: the adjustment counts from what is in service and warm.

    Machines that start or warm up are taken for part of it, so a repeated +1 is one machine until that one serves.
    """
    return max(desired, warm + adjustment)


def may_remove(*, busy: bool, quiet_seconds: float, cooldown_seconds: float) -> bool:
    """Simple scaling: not while an activity runs (a machine that starts, or drains), and not before the cooldown
    after the last one's end."""
    return not busy and quiet_seconds >= cooldown_seconds
