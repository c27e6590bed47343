"""Functions that the notebook already had."""

import statistics
from dataclasses import dataclass
from typing import Any

CUT = 45


@dataclass(frozen=True)
class Summary:
    """What I want to know about a list of minutes."""

    mean: float
    median: float
    late: int

    def line(self) -> Any:
        return f"mean {self.mean:.1f}, median {self.median:.1f}, late on {self.late} days"


def summarise(values: Any) -> Any:
    return Summary(statistics.mean(values), statistics.median(values), sum(v > CUT for v in values))
