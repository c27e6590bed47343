"""The values that the notebook's outputs recorded still come out."""

from churn_model.pipeline import Results


def test_cell_5_raw(results: Results) -> None:
    assert results.raw.shape == (420, 9)
