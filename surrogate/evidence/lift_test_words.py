"""What sentences on lift tests begin with, and what tells their kinds apart: beside a plan many of them are counted."""

from __future__ import annotations

LIFT_TEST = "Lift test "
"""What each begins with."""
NOT_USED = " is not used: "
"""What stands between a test that is not used and the reason."""
FAR_APART = "standard deviations apart"
"""What is said of a test that is far off what was learned."""
