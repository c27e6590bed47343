"""The whole run: each step's results feed the next."""

from typing import Any, NamedTuple

from segments_dashboard import steps
from segments_dashboard.config import Config


class Results(NamedTuple):
    """What the notebook had computed when its last cell ended."""

    orders: Any
    customers: Any
    segmented: Any
    fig: Any
    summary: Any


def run(config: Config) -> Results:
    """Run every step in the notebook's order."""
    DATA, SEGMENTS_CSV, SUMMARY_JSON, SNAPSHOT_DAY = (
        steps.customer_segments_for_the_store_dashboard()
    )
    orders, customers = steps.orders_to_customers(DATA, SNAPSHOT_DAY)
    segmented = steps.cluster(customers, config.n_segments, config.seed)
    fig = steps.who_they_are(segmented, config.figures_dir)
    summary = steps.export(segmented, SEGMENTS_CSV, SNAPSHOT_DAY, SUMMARY_JSON)
    return Results(orders, customers, segmented, fig, summary)
