"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from exploration_only.figures import save_figures


def load_df(allotments_path: Path, figures_dir: Path | None) -> pd.DataFrame:
    """Load df (cells 1-6)."""
    df = pd.read_csv(allotments_path)

    df["wait_months"].plot.hist(bins=20, figsize=(3.6, 2.2))
    plt.gcf().set_dpi(50)
    save_figures(figures_dir, "load_df-1")
    return df
