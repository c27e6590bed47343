"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

from typing import Any


def make_mean() -> Any:
    """Make mean (cells 0-3)."""
    litres = [12, 15, 9]

    total = sum(litres)
    print(total)

    mean = total / len(litres)
    return mean
