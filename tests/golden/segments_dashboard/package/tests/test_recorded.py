"""The values that the notebook's outputs recorded still come out."""

import re

import pytest

from segments_dashboard.pipeline import Results

NUMBER = re.compile(r"\d+\.\d+")


def alike(line: str, other: str) -> bool:
    """Whether both lines say the same, numbers as precisely as `line` shows them."""
    line, other = (" ".join(text.split()) for text in (line, other))
    if NUMBER.sub("#", line) != NUMBER.sub("#", other):
        return False
    pairs = zip(NUMBER.findall(line), NUMBER.findall(other), strict=True)
    return all(
        abs(float(a) - float(b)) <= 10.0 ** -min(9, len(a.partition(".")[2])) for a, b in pairs
    )


def unsaid(expected: list[str], printed: list[str]) -> list[str]:
    """The lines of `expected` that the run did not print."""
    return [line for line in expected if not any(alike(line, other) for other in printed)]


def test_cell_4_orders(results: Results) -> None:
    assert results.orders.shape == (474, 3)


def test_cell_5_customers(results: Results) -> None:
    table = results.customers[["recency", "orders", "spend"]].describe().round(1)
    assert [float(value) for value in table["recency"]] == pytest.approx(
        [150.0, 70.7, 100.5, 0.0, 2.2, 15.5, 119.0, 360.0], abs=5.1e-2
    )
    assert [float(value) for value in table["orders"]] == pytest.approx(
        [150.0, 3.2, 2.5, 1.0, 1.0, 2.0, 4.0, 11.0], abs=5.1e-2
    )
    assert [float(value) for value in table["spend"]] == pytest.approx(
        [150.0, 182.7, 272.9, 12.8, 37.6, 62.4, 208.1, 1253.1], abs=5.1e-2
    )


def test_cell_11_segmented(results: Results) -> None:
    assert {
        str(label): value for label, value in results.segmented["segment"].value_counts().items()
    } == {"occasional": 76, "regulars": 40, "drifting": 20, "champions": 14}


def test_cell_10_prints(printed: list[str]) -> None:
    assert unsaid(["inertia 79.8"], printed) == []


def test_cell_13_prints(printed: list[str]) -> None:
    assert (
        unsaid(
            [
                "champions     9.3% of customers,  49.1% of spend",
                "drifting     13.3% of customers,   2.5% of spend",
                "occasional   50.7% of customers,  14.4% of spend",
                "regulars     26.7% of customers,  34.0% of spend",
            ],
            printed,
        )
        == []
    )
