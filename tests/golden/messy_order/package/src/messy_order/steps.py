"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from messy_order.functions import rate

# Shared between steps as the notebook's cells shared them, because parameters can't show it:
# no cell binds it by name
fuel_price: Any


class CourierTripsResults(NamedTuple):
    """What `courier_trips` returns."""

    trips: pd.DataFrame
    long_trips: Any


def reset_state() -> None:
    """Forget what an earlier run left in this module."""
    for name in ("fuel_price",):
        globals().pop(name, None)


def courier_trips(trips_path: Path, min_km: int) -> CourierTripsResults:
    """Courier trips (cells 2-4)."""
    trips = pd.read_csv(trips_path)

    long_trips = trips[trips["km"] >= min_km]

    print(f"{len(long_trips)} trips, {long_trips['minutes'].median():.0f} minutes in the middle")
    return CourierTripsResults(trips, long_trips)


def cost_2(long_trips: Any, litres_per_km: float, margin_path: Path) -> Any:
    """Cost (cells 6-10)."""
    cost = (long_trips["km"] * litres_per_km * fuel_price).round(2)

    rates = [rate(van) for van in long_trips["van"]]

    margin = long_trips["km"] * rates - cost
    margin.groupby(long_trips["van"]).mean().to_csv(margin_path)
    return cost
