"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

from typing import Any


def make_cafe() -> Any:
    """Make cafe (cells 0-1)."""
    half = "�"
    print("half an emoji: � and a whole one: 🙂")

    café = len(half)
    return café
