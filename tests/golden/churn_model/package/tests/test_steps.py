"""Each step that reads a file names the one that it misses."""

import re
from pathlib import Path

import pytest

from churn_model import steps


def test_load_names_the_missing_subscribers_csv(tmp_path: Path) -> None:
    absent = tmp_path / "absent.csv"
    with pytest.raises(FileNotFoundError, match=re.escape(absent.name)):
        steps.load(subscribers_csv=absent)
