"""Each step refuses an input that lacks what it reads, and names what is missing."""

import re
from pathlib import Path

import pytest

from exploration_only import steps


def test_load_df_names_the_missing_allotments_path(tmp_path: Path) -> None:
    absent = tmp_path / "absent.csv"
    with pytest.raises(FileNotFoundError, match=re.escape(absent.name)):
        steps.load_df(allotments_path=absent, figures_dir=None)
