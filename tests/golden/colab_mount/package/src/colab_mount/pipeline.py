"""The whole run: each step's results feed the next."""

from typing import Any, NamedTuple

from colab_mount import steps
from colab_mount.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""

    stays: Any


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    city, min_nights, max_price, save_table = steps.holiday_flats_when_to_travel()
    stays = steps.load(config.base)
    steps.choose_a_month(
        stays, city, min_nights, max_price, save_table, config.by_month_path, config.figures_dir
    )
    return Results(stays)
