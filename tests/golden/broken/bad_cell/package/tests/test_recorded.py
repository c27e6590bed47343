"""The values that the notebook's outputs recorded still come out."""

import pytest

from bad_cell.pipeline import Results


def test_cell_3_mean(results: Results) -> None:
    assert results.mean == pytest.approx(12.0, abs=5.1e-2)
