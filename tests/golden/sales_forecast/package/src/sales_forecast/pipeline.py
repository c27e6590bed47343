"""The whole run: each step's results feed the next."""

from typing import Any, NamedTuple

from sales_forecast import steps
from sales_forecast.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""

    daily: Any
    growth: Any
    table: Any
    profile: Any
    plan: Any


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    daily, filled, weekly = steps.load_daily(config.daily_sales_path, config.figures_dir)
    growth, forecasts, table, best = steps.make_best(weekly, config.figures_dir)
    profile, plan = steps.make_profile_and_plan(filled, forecasts, best, config.baking_plan_path)
    return Results(daily, growth, table, profile, plan)
