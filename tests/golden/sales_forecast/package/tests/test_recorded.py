"""The values that the notebook's outputs recorded still come out."""

from sales_forecast.pipeline import Results


def test_cell_15_plan(results: Results) -> None:
    assert results.plan.sum() == 1820
