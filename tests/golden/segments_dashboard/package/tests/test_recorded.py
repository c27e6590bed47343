"""The values that the notebook's outputs recorded still come out."""

from segments_dashboard.pipeline import Results


def test_cell_4_orders(results: Results) -> None:
    assert results.orders.shape == (474, 3)
