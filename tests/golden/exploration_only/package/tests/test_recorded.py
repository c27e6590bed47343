"""The values that the notebook's outputs recorded still come out."""

import pytest

from exploration_only.pipeline import Results


def test_cell_3_df(results: Results) -> None:
    assert results.df.shape == (160, 5)


def test_cell_4_df(results: Results) -> None:
    table = results.df.describe()
    assert [float(value) for value in table["plot"]] == pytest.approx(
        [160.000000, 80.500000, 46.332134, 1.000000, 40.750000, 80.500000, 120.250000, 160.000000],
        abs=5.1e-7,
    )
    assert [float(value) for value in table["square_metres"]] == pytest.approx(
        [
            160.000000,
            87.812500,
            27.326856,
            50.000000,
            75.000000,
            100.000000,
            100.000000,
            125.000000,
        ],
        abs=5.1e-7,
    )
    assert [float(value) for value in table["wait_months"]] == pytest.approx(
        [160.000000, 28.281250, 16.945407, 2.000000, 15.000000, 24.000000, 37.250000, 80.000000],
        abs=5.1e-7,
    )


def test_cell_5_df(results: Results) -> None:
    assert {str(label): value for label, value in results.df["site"].value_counts().items()} == {
        "Old Brickworks": 56,
        "Canal Side": 54,
        "Mill Lane": 50,
    }
