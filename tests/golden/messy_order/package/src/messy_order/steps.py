"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

import logging
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from messy_order.contracts import require_columns
from messy_order.functions import rate

logger = logging.getLogger(__name__)

# Shared between steps as the notebook's cells shared them, because parameters can't show it:
# it is read before a cell binds it
MIN_KM: Any
# it is read before its own section binds it
LITRES_PER_KM: Any
# no cell binds it by name
fuel_price: Any


class CourierTripsResults(NamedTuple):
    """What `courier_trips` returns."""

    trips: pd.DataFrame
    long_trips: pd.DataFrame


class Cost2Results(NamedTuple):
    """What `cost_2` returns."""

    cost: Any
    MIN_KM: int
    LITRES_PER_KM: float


def reset_state() -> None:
    """Forget what an earlier run left in this module."""
    for name in (
        "MIN_KM",
        "LITRES_PER_KM",
        "fuel_price",
    ):
        globals().pop(name, None)


def courier_trips(trips_path: Path) -> CourierTripsResults:
    """Courier trips (cells 2-4).

    What does a trip cost us, and does it pay to refuse the short ones?
    """
    trips = pd.read_csv(trips_path)

    long_trips = trips[trips["km"] >= MIN_KM]

    logger.info(
        f"{len(long_trips)} trips, {long_trips['minutes'].median():.0f} minutes in the middle"
    )
    return CourierTripsResults(trips, long_trips)


def cost_2(long_trips: pd.DataFrame, margin_path: Path) -> Cost2Results:
    """Cost (cells 6-10)."""
    global LITRES_PER_KM, MIN_KM
    require_columns(long_trips, {"km", "van"}, step="cost_2")
    cost = (long_trips["km"] * LITRES_PER_KM * fuel_price).round(2)

    rates = [rate(van) for van in long_trips["van"]]

    MIN_KM = 8
    LITRES_PER_KM = 0.11

    margin = long_trips["km"] * rates - cost
    margin.groupby(long_trips["van"]).mean().to_csv(margin_path)
    return Cost2Results(cost, MIN_KM, LITRES_PER_KM)
