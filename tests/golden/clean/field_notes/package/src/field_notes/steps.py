"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

from typing import Any


def method(visits: int) -> dict[Any, Any]:
    """Method (cell 5).

    1. Sweep for two minutes.
    2. Sort in the white tray.
    3. Put everything back.
    """
    # Snails are counted in tens, which is why the numbers look round. Rate per visit is r = n / v.
    counts = {"snail": 120, "water boatman": 27, "dragonfly larva": 6}
    rates = {name: count / visits for name, count in counts.items()}
    return rates
