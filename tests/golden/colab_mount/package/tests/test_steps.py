"""Each step refuses an input that lacks what it reads, and names what is missing."""

import re

import pandas as pd
import pytest

from colab_mount import steps
from colab_mount.contracts import ContractError


def test_choose_a_month_names_the_missing_column() -> None:
    frame = pd.DataFrame({"city": [1], "nights": [1]})
    with pytest.raises(ContractError, match=re.escape(repr("price"))):
        steps.choose_a_month(
            stays=frame,
            city=None,
            min_nights=None,
            max_price=None,
            save_table=None,
            by_month_path=None,
            figures_dir=None,
        )
