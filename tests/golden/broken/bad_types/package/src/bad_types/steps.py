"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

import logging

logger = logging.getLogger(__name__)


def report_values() -> None:
    """Report values (cells 1-7)."""
    answer = 6 * 7

    answer += 1

    logger.info(answer)

    logger.info("a good cell")
