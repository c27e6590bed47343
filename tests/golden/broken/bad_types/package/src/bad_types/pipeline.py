"""The whole run: each step's results feed the next."""

from typing import NamedTuple

from bad_types import steps
from bad_types.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    steps.report_values()
    return Results()
