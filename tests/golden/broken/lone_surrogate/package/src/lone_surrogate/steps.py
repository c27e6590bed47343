"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

import logging

logger = logging.getLogger(__name__)


def make_cafe() -> int:
    """Make cafe (cells 0-1)."""
    half = "�"
    logger.info("half an emoji: � and a whole one: 🙂")

    café = len(half)
    return café
