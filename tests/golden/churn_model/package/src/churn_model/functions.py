"""Functions that the notebook already had."""

from typing import Any

LAPSED_AFTER_DAYS = 28


def has_lapsed(days_since_order: Any) -> Any:
    """True for someone who has not ordered for longer than the usual holiday."""
    return days_since_order > LAPSED_AFTER_DAYS


def skip_rate(skipped: Any, active: Any) -> Any:
    """Share of weeks skipped; somebody in their first week has skipped nothing."""
    return (skipped / active.where(active > 0)).fillna(0.0)
