"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

import logging
from typing import Any

logger = logging.getLogger(__name__)


def make_mean() -> Any:
    """Make mean (cells 0-3)."""
    litres = [12, 15, 9]

    total = sum(litres)
    logger.info(total)

    mean = total / len(litres)
    return mean
