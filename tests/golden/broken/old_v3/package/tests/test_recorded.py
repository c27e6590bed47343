"""The values that the notebook's outputs recorded still come out."""

from old_v3.pipeline import Results


def test_cell_2_rain(results: Results) -> None:
    assert sum(results.rain) == 24
