"""The whole run: each step's results feed the next."""

from typing import Any, NamedTuple

from deep import steps
from deep.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""

    depth: Any


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    depth = steps.make_depth()
    return Results(depth)
