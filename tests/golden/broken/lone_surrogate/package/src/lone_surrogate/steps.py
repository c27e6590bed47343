"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

import logging
from typing import Any

logger = logging.getLogger(__name__)


def make_cafe() -> Any:
    """Make cafe (cells 0-1)."""
    half = "�"
    logger.info("half an emoji: � and a whole one: 🙂")

    café = len(half)
    return café
