"""The whole run: each step's results feed the next."""

from typing import Any, NamedTuple

from colab_mount import steps
from colab_mount.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""

    stays: Any


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    stays = steps.load(config.base)
    steps.choose_a_month(
        stays,
        config.city,
        config.min_nights,
        config.max_price,
        config.save_table,
        config.by_month_path,
        config.figures_dir,
    )
    return Results(stays)
