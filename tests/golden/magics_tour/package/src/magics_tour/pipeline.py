"""The whole run: each step's results feed the next."""

from typing import Any, NamedTuple

from magics_tour import steps
from magics_tour.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""

    files: Any
    n_rows: Any
    hourly: Any
    observed: Any
    hits: Any
    message: Any


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    files, frames, n_rows = steps.bicycle_counters()
    wide, hourly = steps.both_banks_together(frames, config.figures_dir)
    observed, hits, message = steps.is_one_bank_busier(wide)
    return Results(files, n_rows, hourly, observed, hits, message)
