"""The values that the notebook's outputs recorded still come out."""

import re

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


def test_cell_6_prints(printed: list[str]) -> None:
    assert unsaid(["18,204 stays"], printed) == []
