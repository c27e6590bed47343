"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

import logging
import subprocess
from pathlib import Path

import humanize
import matplotlib.pyplot as plt
import pandas as pd

from colab_mount.contracts import require_columns
from colab_mount.figures import save_figures

logger = logging.getLogger(__name__)


def load(base: str) -> pd.DataFrame:
    """Load (cells 6-7)."""
    stays = pd.read_csv(f"{base}/stays_2023.csv")
    logger.info("%s stays", humanize.intcomma(len(stays)))

    subprocess.run("du -h /content/drive/MyDrive/flats/*.csv", shell=True, check=False)
    return stays


def choose_a_month(
    stays: pd.DataFrame,
    city: str,
    min_nights: int,
    max_price: int,
    save_table: bool,
    by_month_path: Path,
    figures_dir: Path | None,
) -> None:
    """Choose a month (cells 9-11)."""
    require_columns(stays, {"city", "nights", "price"}, step="choose_a_month")
    wanted = stays[
        (stays["city"] == city) & (stays["nights"] >= min_nights) & (stays["price"] <= max_price)
    ]
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    by_month = wanted.groupby("month")["price"].mean().reindex(months).round(1)

    plt.figure(figsize=(4, 2.4), dpi=55)
    plt.bar(by_month.index, by_month)
    plt.title(f"{city}, mean price per night")
    plt.tick_params(labelsize=7)
    save_figures(figures_dir, "choose_a_month-1")

    if save_table:
        by_month.to_csv(by_month_path)
