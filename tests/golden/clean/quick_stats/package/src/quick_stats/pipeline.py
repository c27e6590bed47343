"""The whole run: each step's results feed the next."""

from typing import Any, NamedTuple

from quick_stats import steps
from quick_stats.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""

    by_week: Any


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    by_week = steps.make_by_week()
    return Results(by_week)
