"""Each step refuses an input that lacks what it reads, and names what is missing."""

import re
from pathlib import Path

import pandas as pd
import pytest

from messy_order import steps
from messy_order.contracts import ContractError


def test_courier_trips_names_the_missing_trips_path(tmp_path: Path) -> None:
    absent = tmp_path / "absent.csv"
    with pytest.raises(FileNotFoundError, match=re.escape(absent.name)):
        steps.courier_trips(trips_path=absent)


def test_cost_2_names_the_missing_column() -> None:
    frame = pd.DataFrame({"km": [1]})
    with pytest.raises(ContractError, match=re.escape(repr("van"))):
        steps.cost_2(long_trips=frame, margin_path=None)
