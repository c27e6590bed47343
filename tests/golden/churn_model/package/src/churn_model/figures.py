"""Figures go to files: a pipeline has no screen."""

import logging
from pathlib import Path

import matplotlib.pyplot as plt

logger = logging.getLogger(__name__)


def save_figures(directory: Path | None, name: str) -> None:
    """Write every open figure below `directory`, if there is one, else show them in a notebook; then close them all.

    The first is `name.png`, further ones `name-2.png` and so on.
    """
    if directory is None:
        if "inline" in plt.get_backend():
            plt.show()
    else:
        directory.mkdir(parents=True, exist_ok=True)
        for position, number in enumerate(plt.get_fignums(), start=1):
            suffix = "" if position == 1 else f"-{position}"
            try:
                plt.figure(number).savefig(directory / f"{name}{suffix}.png", bbox_inches="tight")
            except Exception:
                # as in a notebook: a figure that can't be drawn is reported, and the run goes on
                logger.exception("%s%s can't be drawn", name, suffix)
    plt.close("all")
