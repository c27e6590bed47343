"""The whole run: each step's results feed the next."""

from typing import Any, NamedTuple

from old_v3 import steps
from old_v3.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""

    rain: Any


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    rain = steps.make_rain()
    return Results(rain)
