"""The values that the notebook's outputs recorded still come out."""

import re

import pytest

from churn_model.pipeline import Results

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


def test_cell_5_raw(results: Results) -> None:
    assert results.raw.shape == (420, 9)


def test_cell_10_churn_by_channel(results: Results) -> None:
    assert {
        str(label): value for label, value in results.churn_by_channel.items()
    } == pytest.approx({"friend": 0.264, "search": 0.211, "voucher": 0.289}, abs=5.1e-4)


def test_cell_7_prints(printed: list[str]) -> None:
    assert unsaid(["20 gift boxes left out, ratings filled with 3.9"], printed) == []


def test_cell_15_prints(printed: list[str]) -> None:
    assert (
        unsaid(["AUC on 120 held-out subscribers: 0.767", "[[86  4]", " [25  5]]"], printed) == []
    )


def test_cell_18_prints(printed: list[str]) -> None:
    assert unsaid(["18 of 301 active subscribers go on the list"], printed) == []
