"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

import logging
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, roc_auc_score, roc_curve
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from churn_model.contracts import require_columns
from churn_model.figures import save_figures
from churn_model.functions import has_lapsed, skip_rate

logger = logging.getLogger(__name__)


class FeaturesResults(NamedTuple):
    """What `features` returns."""

    subscribers: pd.DataFrame
    churn_by_channel: Any


class Model2Results(NamedTuple):
    """What `model_2` returns."""

    X_test: Any
    y_test: Any
    model: Any


def meal_kit_churn() -> list[str]:
    """Meal-kit churn (cells 1-2).

    Which subscribers are likely to cancel next month? The lifecycle team mails everyone in
    `at_risk.csv` on the first Monday of the month, so a few false alarms are fine, but the list has
    to stay short.
    """
    plt.rcParams.update({"figure.figsize": (4, 2.6), "figure.dpi": 55})

    FEATURES = ["weeks_active", "skip_rate", "discount_share", "avg_rating", "lapsed"]
    return FEATURES


def load(subscribers_csv: Path) -> pd.DataFrame:
    """Load (cell 4)."""
    raw = pd.read_csv(subscribers_csv, parse_dates=["joined"])
    return raw


def clean(raw: pd.DataFrame) -> pd.DataFrame:
    """Clean (cell 7).

    Gift boxes have no subscriber behind them. A missing rating means that the subscriber never
    rated a box, which is not the same as a bad rating, so it gets the median.
    """
    require_columns(raw, {"channel"}, step="clean")
    subscribers = raw[raw["channel"] != "gift"].copy()
    median_rating = subscribers["avg_rating"].median()
    subscribers["avg_rating"] = subscribers["avg_rating"].fillna(median_rating)
    logger.info(
        f"{len(raw) - len(subscribers)} gift boxes left out, ratings filled with {median_rating:.1f}"
    )
    return subscribers


def features(subscribers: pd.DataFrame, figures_dir: Path | None) -> FeaturesResults:
    """Features (cells 10-11)."""
    require_columns(
        subscribers, {"days_since_order", "weeks_active", "weeks_skipped"}, step="features"
    )
    subscribers["lapsed"] = subscribers["days_since_order"].apply(has_lapsed).astype(int)
    subscribers["skip_rate"] = skip_rate(subscribers["weeks_skipped"], subscribers["weeks_active"])

    churn_by_channel = subscribers.groupby("channel")["cancelled"].mean().round(3)

    churn_by_channel.sort_values().plot.barh(color="#4c78a8")
    plt.xlabel("share cancelled")
    plt.ylabel("")
    save_figures(figures_dir, "features-1")
    return FeaturesResults(subscribers, churn_by_channel)


def model_2(
    subscribers: pd.DataFrame, FEATURES: list[str], random_state: int, test_share: float
) -> Model2Results:
    """Model (cell 13)."""
    require_columns(subscribers, {"cancelled"}, step="model_2")
    X = subscribers[FEATURES]
    y = subscribers["cancelled"]
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=test_share, random_state=random_state, stratify=y
    )

    model = make_pipeline(StandardScaler(), LogisticRegression())
    _ = model.fit(X_train, y_train)
    return Model2Results(X_test, y_test, model)


def evaluation(
    model: Any, X_test: Any, y_test: Any, CUTOFF: float, figures_dir: Path | None
) -> None:
    """Evaluation (cells 15-16)."""
    scores = model.predict_proba(X_test)[:, 1]
    auc = roc_auc_score(y_test, scores)
    logger.info(f"AUC on {len(y_test)} held-out subscribers: {auc:.3f}")
    logger.info(confusion_matrix(y_test, scores > CUTOFF))

    fpr, tpr, _ = roc_curve(y_test, scores)
    plt.plot(fpr, tpr)
    plt.plot([0, 1], [0, 1], linestyle=":", color="grey")
    plt.xlabel("false alarms")
    plt.ylabel("cancellations found")
    plt.title(f"ROC, AUC {auc:.2f}")
    save_figures(figures_dir, "evaluation-1")


def at_risk_list(
    subscribers: pd.DataFrame, model: Any, FEATURES: list[str], CUTOFF: float, at_risk_csv: Path
) -> None:
    """At-risk list (cell 18)."""
    require_columns(subscribers, {"cancelled"}, step="at_risk_list")
    # only people who are still with us
    active = subscribers[subscribers["cancelled"] == 0]
    risk = pd.Series(model.predict_proba(active[FEATURES])[:, 1], index=active.index, name="risk")
    at_risk = (
        active.assign(risk=risk.round(3))
        .query("risk > @CUTOFF")
        .sort_values("risk", ascending=False)
    )
    at_risk[["subscriber_id", "channel", "risk"]].to_csv(at_risk_csv, index=False)
    logger.info(f"{len(at_risk)} of {len(active)} active subscribers go on the list")
