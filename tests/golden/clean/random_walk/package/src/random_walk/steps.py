"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

import logging
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from random_walk.figures import save_figures

logger = logging.getLogger(__name__)


def make_fig(steps_value: int, figures_dir: Path | None) -> Any:
    """Make fig (cells 2-4)."""
    rng = np.random.default_rng(3)
    steps = rng.choice([-1, 1], size=steps_value)
    position = steps.cumsum()

    fig, ax = plt.subplots(figsize=(3.6, 2), dpi=50)
    ax.plot(position)
    ax.axhline(0, color="grey", linewidth=0.8)
    ax.set_xlabel("step")
    ax.set_ylabel("position")
    save_figures(figures_dir, "make_fig-1")

    logger.info(f"ends at {position[-1]}, furthest {np.abs(position).max()}")
    return fig
