"""The whole run: each step's results feed the next."""

from typing import Any, NamedTuple

from field_notes import steps
from field_notes.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""

    rates: Any


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    rates = steps.method(config.visits)
    return Results(rates)
