"""The notebook's sections, one function each, in the order in which `pipeline.run` calls them."""

import json
import logging
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler

from segments_dashboard.figures import save_figures
from segments_dashboard.functions import SegmentNamer, share

logger = logging.getLogger(__name__)


class CustomerSegmentsForTheStoreDashboardResults(NamedTuple):
    """What `customer_segments_for_the_store_dashboard` returns."""

    DATA: Path
    SEGMENTS_CSV: Path
    SUMMARY_JSON: Path
    SNAPSHOT_DAY: Any


class OrdersToCustomersResults(NamedTuple):
    """What `orders_to_customers` returns."""

    orders: pd.DataFrame
    customers: Any


def customer_segments_for_the_store_dashboard() -> CustomerSegmentsForTheStoreDashboardResults:
    """Customer segments for the store dashboard (cell 2).

    Four segments from recency, frequency and spend. The dashboard reads two files from this folder:
    `segments.csv` (one row per customer) and `segments_summary.json` (the tiles on top).
    """
    DATA = Path("data/orders.csv")
    SEGMENTS_CSV = Path("segments.csv")
    SUMMARY_JSON = Path("segments_summary.json")
    SNAPSHOT_DAY = pd.Timestamp("2024-06-30")
    return CustomerSegmentsForTheStoreDashboardResults(
        DATA, SEGMENTS_CSV, SUMMARY_JSON, SNAPSHOT_DAY
    )


def orders_to_customers(DATA: Path, SNAPSHOT_DAY: Any) -> OrdersToCustomersResults:
    """Orders to customers (cells 4-5)."""
    orders = pd.read_csv(DATA, parse_dates=["day"])

    customers = orders.groupby("customer").agg(
        last_order=("day", "max"),
        orders=("day", "size"),
        spend=("amount", "sum"),
    )
    customers["recency"] = (SNAPSHOT_DAY - customers["last_order"]).dt.days
    return OrdersToCustomersResults(orders, customers)


def cluster(customers: Any, n_segments: int, seed: int) -> Any:
    """Cluster (cells 10-11).

    Spend has a long tail, hence the logarithm.
    """
    features = np.column_stack(
        [customers["recency"], np.log1p(customers["orders"]), np.log1p(customers["spend"])]
    )
    scaled = StandardScaler().fit_transform(features)
    kmeans = KMeans(n_clusters=n_segments, random_state=seed, n_init=10)
    labels = kmeans.fit_predict(scaled)
    logger.info(f"inertia {kmeans.inertia_:.1f}")

    namer = SegmentNamer().fit(labels, customers["spend"])
    segmented = customers.assign(segment=namer.name(labels))
    return segmented


def who_they_are(segmented: Any, figures_dir: Path | None) -> Any:
    """Who they are (cells 13-14)."""
    total_spend = segmented["spend"].sum()
    for segment, group in segmented.groupby("segment"):
        logger.info(
            f"{segment:<11} {share(len(group), len(segmented)):>5}% of customers, "
            f"{share(group['spend'].sum(), total_spend):>5}% of spend"
        )

    fig, ax = plt.subplots(figsize=(4.2, 2.8), dpi=55)
    for segment, group in segmented.groupby("segment"):
        ax.scatter(group["recency"], group["spend"], s=9, label=segment)
    ax.set_yscale("log")
    ax.set_xlabel("days since last order")
    ax.set_ylabel("spend")
    ax.legend(fontsize=7)
    save_figures(figures_dir, "who_they_are-1")
    return fig


def export(
    segmented: Any, SEGMENTS_CSV: Path, SNAPSHOT_DAY: Any, SUMMARY_JSON: Path
) -> dict[str, Any]:
    """Export (cells 16-17).

    The repeat rate is the tile that the store managers look at first.
    """
    segmented.reset_index()[["customer", "segment", "recency", "orders", "spend"]].to_csv(
        SEGMENTS_CSV, index=False
    )

    summary = {
        "snapshot": SNAPSHOT_DAY.date().isoformat(),
        "customers": len(segmented),
        "repeat_rate": share((segmented["orders"] > 1).sum(), len(segmented)),
        "segments": segmented["segment"].value_counts().sort_index().to_dict(),
    }
    SUMMARY_JSON.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    return summary
