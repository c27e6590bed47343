"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

from typing import Any


def make_depth() -> Any:
    """Make depth (cell 0)."""
    depth = 2000
    return depth
