"""Each step refuses an input that lacks what it reads, and names what is missing."""

import re
from pathlib import Path

import pandas as pd
import pytest

from churn_model import steps
from churn_model.contracts import ContractError


def test_load_names_the_missing_subscribers_csv(tmp_path: Path) -> None:
    absent = tmp_path / "absent.csv"
    with pytest.raises(FileNotFoundError, match=re.escape(absent.name)):
        steps.load(subscribers_csv=absent)


def test_clean_names_the_missing_column() -> None:
    frame = pd.DataFrame({})
    with pytest.raises(ContractError, match=re.escape(repr("channel"))):
        steps.clean(raw=frame)


def test_features_names_the_missing_column() -> None:
    frame = pd.DataFrame({"days_since_order": [1], "weeks_active": [1]})
    with pytest.raises(ContractError, match=re.escape(repr("weeks_skipped"))):
        steps.features(subscribers=frame, figures_dir=None)


def test_model_2_names_the_missing_column() -> None:
    frame = pd.DataFrame({})
    with pytest.raises(ContractError, match=re.escape(repr("cancelled"))):
        steps.model_2(subscribers=frame, FEATURES=None, random_state=None, test_share=None)


def test_at_risk_list_names_the_missing_column() -> None:
    frame = pd.DataFrame({})
    with pytest.raises(ContractError, match=re.escape(repr("cancelled"))):
        steps.at_risk_list(
            subscribers=frame, model=None, FEATURES=None, CUTOFF=None, at_risk_csv=None
        )
