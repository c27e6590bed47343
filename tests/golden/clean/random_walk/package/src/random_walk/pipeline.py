"""The whole run: each step's results feed the next."""

from typing import Any, NamedTuple

from random_walk import steps
from random_walk.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""

    fig: Any


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    fig = steps.make_fig(config.steps_value, config.figures_dir)
    return Results(fig)
