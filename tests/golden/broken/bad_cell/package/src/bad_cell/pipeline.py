"""The whole run: each step's results feed the next."""

from typing import Any, NamedTuple

from bad_cell import steps
from bad_cell.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""

    mean: Any


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    mean = steps.make_mean()
    return Results(mean)
