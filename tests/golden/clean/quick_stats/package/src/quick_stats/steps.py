"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

import logging
from typing import Any

from quick_stats.functions import summarise

logger = logging.getLogger(__name__)


def make_by_week() -> dict[str, Any]:
    """Make by week (cells 2-5)."""
    minutes = [38, 41, 37, 52, 44, 39, 40, 61, 43, 36]

    summary = summarise(minutes)
    logger.info(summary.line())

    by_week = {"first": summarise(minutes[:5]).mean, "second": summarise(minutes[5:]).mean}
    return by_week
