"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

from typing import Any


def method(visits: int) -> Any:
    """Method (cell 5)."""
    counts = {"snail": 120, "water boatman": 27, "dragonfly larva": 6}
    rates = {name: count / visits for name, count in counts.items()}
    return rates
