"""The values that the notebook's outputs recorded still come out."""

from magics_tour.pipeline import Results


def test_cell_2_files(results: Results) -> None:
    assert results.files == ["counter_north.csv", "counter_south.csv"]
