"""The whole run: each step's results feed the next."""

from typing import Any, NamedTuple

from exploration_only import steps
from exploration_only.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""

    df: Any


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    df = steps.load_df(config.allotments_path, config.figures_dir)
    return Results(df)
