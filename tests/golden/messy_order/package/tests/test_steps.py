"""Each step refuses an input that lacks what it reads, and names what is missing."""

import re
from pathlib import Path

import pytest

from messy_order import steps


def test_courier_trips_names_the_missing_trips_path(tmp_path: Path) -> None:
    absent = tmp_path / "absent.csv"
    with pytest.raises(FileNotFoundError, match=re.escape(absent.name)):
        steps.courier_trips(trips_path=absent)
