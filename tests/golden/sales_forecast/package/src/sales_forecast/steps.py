"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

import logging
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import pandas as pd

from sales_forecast.figures import save_figures
from sales_forecast.functions import mae

logger = logging.getLogger(__name__)


class LoadDailyResults(NamedTuple):
    """What `load_daily` returns."""

    daily: pd.DataFrame
    filled: Any
    weekly: Any


class MakeBestResults(NamedTuple):
    """What `make_best` returns."""

    growth: Any
    forecasts: dict[str, Any]
    table: pd.DataFrame
    best: Any


class MakeProfileAndPlanResults(NamedTuple):
    """What `make_profile_and_plan` returns."""

    profile: Any
    plan: Any


def load_daily(daily_sales_path: Path, figures_dir: Path | None) -> LoadDailyResults:
    """Load daily (cells 0-4)."""
    plt.rcParams["figure.figsize"] = (5, 2.4)
    plt.rcParams["figure.dpi"] = 50

    daily = pd.read_csv(daily_sales_path, parse_dates=["date"])

    # the till was down on some days, those have no row at all
    sales = daily.set_index("date")["loaves"].asfreq("D")
    logger.info("%s days without a row", sales.isna().sum())

    filled = sales.interpolate(limit=3)
    weekly = filled.resample("W-SUN").sum()

    # the first and last week are not whole
    weekly = weekly.iloc[1:-1]

    weekly.plot(title="loaves per week")
    save_figures(figures_dir, "load_daily-1")
    return LoadDailyResults(daily, filled, weekly)


def make_best(weekly: Any, figures_dir: Path | None) -> MakeBestResults:
    """Make best (cells 5-13)."""
    split = pd.Timestamp("2024-02-04")
    window = 4

    train = weekly[weekly.index <= split]
    test = weekly[weekly.index > split]

    # what Anna does today: same as last week
    naive = weekly.shift(1).reindex(test.index)

    moving = weekly.shift(1).rolling(window).mean().reindex(test.index)

    # last year's week, scaled by how this year compares so far
    growth = train.iloc[-8:].mean() / weekly.shift(52).reindex(train.index).iloc[-8:].mean()
    seasonal = (weekly.shift(52) * growth).reindex(test.index)

    forecasts = {"naive": naive, "moving average": moving, "seasonal": seasonal}
    rows = []
    for name, forecast in forecasts.items():
        rows.append(
            {
                "forecast": name,
                "MAE": mae(forecast, test),
                "share": mae(forecast, test) / test.mean(),
            }
        )
    table = pd.DataFrame(rows).set_index("forecast").round({"MAE": 1, "share": 3})

    ax = test.plot(color="black", label="actual")
    for name, forecast in forecasts.items():
        forecast.plot(ax=ax, linewidth=1, label=name)
    ax.legend(fontsize=7)
    save_figures(figures_dir, "make_best-1")

    best = table["MAE"].idxmin()
    logger.info(f"best: {best}, off by {table.loc[best, 'MAE']} loaves a week")
    return MakeBestResults(growth, forecasts, table, best)


def make_profile_and_plan(
    filled: Any, forecasts: dict[str, Any], best: Any, baking_plan_path: Path
) -> MakeProfileAndPlanResults:
    """Make profile and plan (cells 14-15)."""
    # weekday profile, for the ovens; has nothing to do with the forecast
    profile = filled.groupby(filled.index.day_name()).mean().round(0)

    next_week = forecasts[best].iloc[-1]
    plan = (profile / profile.sum() * next_week).round().astype(int)
    plan.to_csv(baking_plan_path, header=["loaves"])
    return MakeProfileAndPlanResults(profile, plan)
