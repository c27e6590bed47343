"""The whole run: each step's results feed the next."""

from typing import Any, NamedTuple

from churn_model import steps
from churn_model.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""

    raw: Any
    churn_by_channel: Any


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    FEATURES = steps.meal_kit_churn()
    raw = steps.load(config.subscribers_csv)
    subscribers = steps.clean(raw)
    subscribers, churn_by_channel = steps.features(subscribers, config.figures_dir)
    X_test, y_test, model = steps.model_2(
        subscribers, FEATURES, config.random_state, config.test_share
    )
    steps.evaluation(model, X_test, y_test, config.cutoff, config.figures_dir)
    steps.at_risk_list(subscribers, model, FEATURES, config.cutoff, config.at_risk_csv)
    return Results(raw, churn_by_channel)
