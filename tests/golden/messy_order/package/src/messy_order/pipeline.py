"""The whole run: each step's results feed the next."""

from typing import Any, NamedTuple

from messy_order import steps
from messy_order.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""

    trips: Any
    long_trips: Any
    cost: Any
    MIN_KM: Any
    LITRES_PER_KM: Any


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    steps.reset_state()
    trips, long_trips = steps.courier_trips(config.trips_path)
    cost, MIN_KM, LITRES_PER_KM = steps.cost_2(long_trips, config.margin_path)
    return Results(trips, long_trips, cost, MIN_KM, LITRES_PER_KM)
