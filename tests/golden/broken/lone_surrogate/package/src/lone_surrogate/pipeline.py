"""The whole run: each step's results feed the next."""

from typing import Any, NamedTuple

from lone_surrogate import steps
from lone_surrogate.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""

    café: Any


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    café = steps.make_cafe()
    return Results(café)
