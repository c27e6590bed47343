"""The values that the notebook's outputs recorded still come out."""

import re

import pytest

from sales_forecast.pipeline import Results

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


def test_cell_9_growth(results: Results) -> None:
    assert round(results.growth, 3) == pytest.approx(1.14, abs=5.1e-3)


def test_cell_11_table(results: Results) -> None:
    table = results.table
    assert [float(value) for value in table["MAE"]] == pytest.approx([27.2, 26.9, 29.1], abs=5.1e-2)
    assert [float(value) for value in table["share"]] == pytest.approx(
        [0.015, 0.014, 0.016], abs=5.1e-4
    )


def test_cell_14_profile(results: Results) -> None:
    assert {
        str(label): value for label, value in results.profile.sort_values(ascending=False).items()
    } == pytest.approx(
        {
            "Saturday": 339.0,
            "Friday": 272.0,
            "Thursday": 235.0,
            "Wednesday": 227.0,
            "Tuesday": 217.0,
            "Monday": 215.0,
            "Sunday": 167.0,
        },
        abs=5.1e-2,
    )


def test_cell_15_plan(results: Results) -> None:
    assert results.plan.sum() == 1820


def test_cell_2_prints(printed: list[str]) -> None:
    assert unsaid(["7 days without a row"], printed) == []


def test_cell_13_prints(printed: list[str]) -> None:
    assert unsaid(["best: moving average, off by 26.9 loaves a week"], printed) == []
