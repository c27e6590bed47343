"""The values that the notebook's outputs recorded still come out."""

import re

import pytest

from shared_state.pipeline import Results

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


def test_cell_2_movements(results: Results) -> None:
    assert {
        str(label): value for label, value in results.movements["kind"].value_counts().items()
    } == {"out": 75, "in": 26}


def test_cell_7_net_worth(results: Results) -> None:
    assert results.net_worth == pytest.approx(1084.42, abs=5.1e-3)


def test_cell_14_relaxed(results: Results) -> None:
    assert results.relaxed == ["rail"]


def test_cell_15_strict(results: Results) -> None:
    assert results.strict == ["bolt", "rail"]


def test_cell_5_prints(printed: list[str]) -> None:
    assert unsaid(["26 deliveries"], printed) == []


def test_cell_9_prints(printed: list[str]) -> None:
    assert unsaid(["net 1084.42, gross 1301.3"], printed) == []


def test_cell_12_prints(printed: list[str]) -> None:
    assert unsaid(["19 shortfalls", "worst: rail short of 27"], printed) == []


def test_cell_16_prints(printed: list[str]) -> None:
    assert unsaid(["ordered 65 pieces, 28 deliveries by now"], printed) == []
