"""The values that the notebook's outputs recorded still come out."""

from exploration_only.pipeline import Results


def test_cell_3_df(results: Results) -> None:
    assert results.df.shape == (160, 5)
